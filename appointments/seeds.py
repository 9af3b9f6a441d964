"""The start of a new practice: the fixtures, and available appointments.

Nothing that the practice has written itself is changed: fixtures are loaded only while
there are no therapists, and appointments are published only for the fixtures' therapists.
"""

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from appointments.availability.slots import find_slots
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.services.locks import lock_diaries
from therapists.models import Absence, BookingMode, Therapist

PUBLIC = ["specialisms", "therapists", "appointments"]
DEMO = "demo_users"
# Hashed in the fixture.
DEMO_PASSWORD = "correct horse battery"  # noqa: S105
FOLDER = Path(__file__).parent / "fixtures"
THERAPISTS = FOLDER.parent.parent / "therapists" / "fixtures" / "therapists.json"

DAYS = 28
# Local hours at which appointments are published, from Monday to Friday.
HOURS = [9, 11, 14, 16]
# Absences by the therapist's id: in how many days they begin, and how many they last.
ABSENCES = {3: (10, 2), 4: (35, 14)}
# More slots than any therapist has in that time.
ALL_SLOTS = 10_000


def load_fixtures(*, demo: bool) -> list[str]:
    """Load the fixtures for which there is room; return their names.

    Their ids and addresses are fixed, and would overwrite rows that have the same. So
    nothing is loaded once there are therapists, and no demo account once one of their
    addresses is in use.
    """
    if Therapist.objects.exists():
        return []
    names = list(PUBLIC)
    if demo and not demo_users().exists():
        names.append(DEMO)
    call_command("loaddata", *names, verbosity=0)
    Absence.objects.bulk_create(_build_absences())
    return names


def _build_absences():
    """Absences from one local midnight to another, which a fixture cannot date."""
    for therapist in Therapist.objects.filter(pk__in=ABSENCES):
        days, length = ABSENCES[therapist.pk]
        zone = ZoneInfo(therapist.time_zone)
        first = timezone.localdate(timezone=zone) + timedelta(days=days)
        start, end = (
            datetime.combine(day, time(), zone)
            for day in (first, first + timedelta(days=length))
        )
        yield Absence(therapist=therapist, start=start, end=end)


def demo_users():
    """The demo accounts that exist, by the addresses of their fixture."""
    people = _read_fields("accounts.user", FOLDER / f"{DEMO}.json").values()
    return User.objects.filter(email__in=[person["email"] for person in people])


def publish_appointments() -> int:
    """Publish appointments of the fixtures' therapists; return how many.

    They are in the next four weeks. A period that was ever published is left alone, even
    if it has been withdrawn. Therapists with working hours publish some of their slots.
    Therapists without offerings publish nothing: clients book them at any time.
    """
    therapists = [t for t in _get_fixture_therapists() if t.offerings.all()]
    lock_diaries(therapist_ids=[t.pk for t in therapists], client_ids=[])
    return sum(
        len(Appointment.objects.bulk_create(_build_unpublished(therapist)))
        for therapist in therapists
    )


def _get_fixture_therapists():
    fixtures = (THERAPISTS, FOLDER / f"{DEMO}.json")
    fields = _read_fields("therapists.therapist", *fixtures)
    active = Therapist.objects.filter(is_active=True).prefetch_related("offerings")
    # The practice may have given one of these ids to a therapist of its own.
    return [t for t in active.filter(pk__in=fields) if t.name == fields[t.pk]["name"]]


def _build_unpublished(therapist):
    """Appointments that were never published and overlap nothing in the diary."""
    diary = therapist.appointments.filter(busy_until__gt=timezone.now())
    known_starts = set(diary.values_list("start", flat=True))
    busy = list(
        diary.exclude(status=Status.CANCELLED).values_list("start", "busy_until")
    )
    for appointment in _build_appointments(therapist):
        is_free = all(
            appointment.start >= busy_until or appointment.busy_until <= start
            for start, busy_until in busy
        )
        if appointment.start not in known_starts and is_free:
            busy.append((appointment.start, appointment.busy_until))
            yield appointment


def _build_appointments(therapist):
    """Appointments at the usual hours that the therapist's rules allow."""
    appointments = [
        _build_appointment(therapist, offering, start)
        for offering, start in _choose_starts(therapist)
    ]
    if therapist.booking_mode == BookingMode.ANY_TIME:
        return appointments
    slots = _find_slots(therapist)
    return [a for a in appointments if (a.type, a.start) in slots]


def _choose_starts(therapist):
    """Each start with an offering. Offerings take turns, the same in every run."""
    now, zone = timezone.now(), ZoneInfo(therapist.time_zone)
    earliest = now + timedelta(hours=therapist.notice_hours)
    latest = now + timedelta(days=min(DAYS, therapist.horizon_days))
    offerings = list(therapist.offerings.all())
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=days) for days in range(DAYS + 1)):
        if day.isoweekday() > 5:
            continue
        for number, hour in enumerate(HOURS):
            start = datetime.combine(day, time(hour), zone)
            if earliest <= start <= latest:
                offering = offerings[(day.toordinal() + number) % len(offerings)]
                yield offering, start


def _build_appointment(therapist, offering, start):
    end = start + timedelta(minutes=offering.duration)
    return Appointment(
        therapist=therapist,
        type=offering.type,
        status=Status.AVAILABLE,
        was_published=True,
        start=start,
        end=end,
        busy_until=end + therapist.break_after,
    )


def _find_slots(therapist):
    """The type and the start of each slot until the latest start, included."""
    now = timezone.now()
    until = now + timedelta(days=DAYS, minutes=1)
    period = {"start": now, "end": until, "therapist_id": therapist.pk}
    return {
        (offering.type, slot.start)
        for offering in therapist.offerings.all()
        for slot in find_slots(period | {"type": offering.type}, limit=ALL_SLOTS)
    }


def _read_fields(model, *fixtures):
    """Read the fields of one model from fixtures, by id, or by position without one."""
    rows = [row for path in fixtures for row in json.loads(path.read_text("utf-8"))]
    return {
        row.get("pk", position): row["fields"]
        for position, row in enumerate(rows)
        if row["model"] == model
    }
