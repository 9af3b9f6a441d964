"""A client by openapi-python-client: functions with types, checked by mypy."""

import os
from datetime import date, timedelta

from booking_client import AuthenticatedClient, Client
from booking_client.api.appointments import (
    add_appointment,
    cancel_appointment,
    list_appointments,
)
from booking_client.api.auth import login
from booking_client.api.slots import list_slots
from booking_client.models import (
    Appointment,
    BookingRequest,
    CancellationReason,
    CancelRequest,
    CredentialsRequest,
    ListSlotsType,
    PaginatedAppointmentList,
    PaginatedSlotOrDayList,
    RefusedTime,
    Slot,
    Tokens,
)

URL = os.environ["BOOKING_URL"]

anonymous = Client(URL)
credentials = CredentialsRequest("chloe@example.com", "correct horse battery")
tokens = login.sync(client=anonymous, body=credentials)
assert isinstance(tokens, Tokens)
client = AuthenticatedClient(URL, token=tokens.access)

today = date.today()
page = list_slots.sync(
    client=client,
    start=today + timedelta(days=7),
    end=today + timedelta(days=21),
    type_=ListSlotsType.ONE_OFF,
)
assert isinstance(page, PaginatedSlotOrDayList)
slot = page.results[-1]
assert isinstance(slot, Slot)

request = BookingRequest(
    start=slot.start.isoformat(),
    duration=slot.duration,
    type_=slot.type_,
    therapist_id=slot.therapist.id,
)
booked = add_appointment.sync(client=client, body=request)
assert isinstance(booked, Appointment)
print("booked", booked.status, booked.start == slot.start)

refused = add_appointment.sync(client=client, body=request)
assert isinstance(refused, RefusedTime)
print("again", refused.errors[0].code)

mine = list_appointments.sync(client=client, mine=True)
assert isinstance(mine, PaginatedAppointmentList)
print("mine", booked.id in [one.id for one in mine.results])

reason = CancelRequest(reason=CancellationReason.TRAVEL)
cancelled = cancel_appointment.sync(booked.id, client=client, body=reason)
assert isinstance(cancelled, Appointment)
print("cancelled", cancelled.status, cancelled.cancellation_reason)
