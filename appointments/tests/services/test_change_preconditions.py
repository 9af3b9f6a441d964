"""If-Match: a change applies only to the version that the user saw.

Within one transaction PostgreSQL gives all versions of a row the same xmin, so tests
that compare ETags commit.
"""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Operation, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
)
from booking.tests import codes, refusals

URL = "/api/v1/appointments"
LATER = {"start": "2030-03-04T10:00:00Z"}
OTHER = '"1"'
committed = pytest.mark.django_db(transaction=True)
ACCEPTED = {
    "the ETag": "{etag}",
    "with spaces": "  {etag} ",
    "any": "*",
    "any with spaces": " * ",
    "one of several": f"{OTHER}, {{etag}}, {OTHER}",
    "without a space": f"{OTHER},{{etag}}",
    "beside a weak ETag": f"W/{OTHER}, {{etag}}",
}
REFUSED = {
    "another": OTHER,
    "several others": f'{OTHER}, "2"',
    "weak": "W/{etag}",
    "without quotes": "{bare}",
    "in single quotes": "'{bare}'",
    "a part of it": '"{bare}0"',
    "nothing": "",
    "an empty ETag": '""',
    "any, in quotes": '"*"',
    "rubbish": "\\\\ ,,, ;;;",
}


def prepare(clock, operation):
    """Return an appointment for the operation now, by staff, and the request's body."""
    if operation == Operation.BOOK:
        return AppointmentFactory(available=True), {"client_id": UserFactory().pk}
    if operation in (Operation.MOVE, Operation.CANCEL):
        return AppointmentFactory(), LATER if operation == Operation.MOVE else {}
    clock.move_to(FIRST_SESSION + HOUR)
    concluded = {"status": Status.COMPLETED} if operation == Operation.REOPEN else {}
    return AppointmentFactory(start=FIRST_SESSION, **concluded), {}


@committed
@pytest.mark.parametrize("operation", Operation)
def test_a_matching_if_match_is_accepted_and_returns_the_new_etag(
    operate, clerk, clock, get_etag, operation
):
    appointment, body = prepare(clock, operation)
    etag = get_etag(appointment)

    response = operate(clerk, operation, appointment, body, **{"If-Match": etag})

    assert response.status_code == 200, response.data
    assert response["ETag"] == get_etag(appointment) != etag
    assert response["ETag"].startswith('"')


@committed
@pytest.mark.parametrize("operation", Operation)
def test_a_stale_if_match_is_refused(
    operate, clerk, clock, get_etag, nothing_changes, operation
):
    appointment, body = prepare(clock, operation)
    etag = get_etag(appointment)
    Appointment.objects.update(type="consultation")

    with nothing_changes():
        response = operate(clerk, operation, appointment, body, **{"If-Match": etag})

    assert response.status_code == 412
    assert refusals(response) == [(None, "precondition_failed")]


@pytest.mark.django_db
@pytest.mark.parametrize("case", ACCEPTED)
def test_a_matching_if_match_can_be_written_in_many_ways(
    operate, clerk, appointment, get_etag, case
):
    sent = ACCEPTED[case].format(etag=get_etag(appointment))

    response = operate(clerk, "cancel", appointment, **{"If-Match": sent})

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().status == Status.CANCELLED


@pytest.mark.django_db
@pytest.mark.parametrize("case", REFUSED)
def test_an_if_match_that_does_not_match_is_refused(
    operate, clerk, appointment, get_etag, nothing_changes, case
):
    etag = get_etag(appointment)
    sent = REFUSED[case].format(etag=etag, bare=etag.strip('"'))

    with nothing_changes():
        response = operate(clerk, "cancel", appointment, **{"If-Match": sent})

    assert response.status_code == 412
    assert codes(response) == ["precondition_failed"]


@pytest.mark.django_db
@pytest.mark.parametrize("operation", Operation)
def test_a_practice_can_require_if_match(
    operate, clerk, clock, settings, get_etag, nothing_changes, operation
):
    appointment, body = prepare(clock, operation)
    settings.REQUIRE_IF_MATCH = True

    with nothing_changes():
        refused = operate(clerk, operation, appointment, body)
    granted = operate(
        clerk, operation, appointment, body, **{"If-Match": get_etag(appointment)}
    )

    assert refused.status_code == 428
    assert refusals(refused) == [(None, "precondition_required")]
    assert granted.status_code == 200, granted.data


@pytest.mark.django_db
def test_if_match_is_never_required_for_adding(add, settings, therapist):
    settings.REQUIRE_IF_MATCH = True

    assert add(UserFactory(), booking_request(therapist)).status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("required", [False, True])
@pytest.mark.parametrize("sent", [{}, {"If-Match": OTHER}], ids=["no ETag", "an ETag"])
def test_if_match_reveals_nothing_to_strangers(
    operate, appointment, settings, stranger, nothing_changes, required, sent
):
    settings.REQUIRE_IF_MATCH = required

    with nothing_changes():
        response = operate(stranger, "cancel", appointment, **sent)

    assert response.status_code == 404


@pytest.mark.django_db
def test_a_failed_if_match_hides_other_refusals(operate, appointment, nothing_changes):
    with nothing_changes():
        by_rule = operate(
            appointment.client, "move", appointment, LATER, **{"If-Match": OTHER}
        )
        by_status = operate(
            appointment.client, "book", appointment, **{"If-Match": OTHER}
        )

    assert by_rule.status_code == by_status.status_code == 412
