"""ETag and If-Match: nobody changes what they have not seen.

Within one transaction PostgreSQL tells no two versions of a row apart, so tests that
compare ETags commit as the service does.
"""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Operation, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
)
from booking.tests import codes, refusals
from therapists.tests.factories import TherapistFactory

URL = "/api/v1/appointments"
LATER = {"start": "2030-03-04T10:00:00Z"}
OTHER = '"1"'
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk(db):
    """Staff without the group, which is gone once a test has committed."""
    return UserFactory(staff=True)


@pytest.fixture
def tag(api, clerk):
    def shown(appointment):
        return api(clerk).get(f"{URL}/{appointment.pk}")["ETag"]

    return shown


def ready(clock, operation):
    """Return an appointment on which staff can do that at this moment, and the body."""
    if operation == Operation.BOOK:
        return AppointmentFactory(available=True), {"client_id": UserFactory().pk}
    if operation in (Operation.MOVE, Operation.CANCEL):
        return AppointmentFactory(), LATER if operation == Operation.MOVE else {}
    clock.move_to(FIRST_SESSION + HOUR)
    concluded = {"status": Status.COMPLETED} if operation == Operation.REOPEN else {}
    return AppointmentFactory(start=FIRST_SESSION, **concluded), {}


@committed
@pytest.mark.parametrize("operation", Operation)
def test_what_was_seen_is_changed_and_then_has_another_tag(
    operate, clerk, clock, tag, operation
):
    appointment, body = ready(clock, operation)
    seen = tag(appointment)

    response = operate(clerk, operation, appointment, body, **{"If-Match": seen})

    assert response.status_code == 200, response.data
    assert response["ETag"] == tag(appointment) != seen
    assert response["ETag"].startswith('"')


@committed
@pytest.mark.parametrize("operation", Operation)
def test_what_changed_meanwhile_is_left_alone(
    operate, clerk, clock, tag, nothing_changes, operation
):
    appointment, body = ready(clock, operation)
    seen = tag(appointment)
    Appointment.objects.update(updated_at=NOW)

    with nothing_changes():
        response = operate(clerk, operation, appointment, body, **{"If-Match": seen})

    assert response.status_code == 412
    assert refusals(response) == [(None, "precondition_failed")]


ACCEPTED = {
    "the tag": "{tag}",
    "with spaces": "  {tag} ",
    "any": "*",
    "any with spaces": " * ",
    "one of several": f"{OTHER}, {{tag}}, {OTHER}",
    "without a space": f"{OTHER},{{tag}}",
    "beside a weak one": f"W/{OTHER}, {{tag}}",
}
REFUSED = {
    "another": OTHER,
    "several others": f'{OTHER}, "2"',
    "weak": "W/{tag}",
    "without quotes": "{bare}",
    "in single quotes": "'{bare}'",
    "a part of it": '"{bare}0"',
    "nothing": "",
    "an empty tag": '""',
    "any, in quotes": '"*"',
    "rubbish": "\\\\ ,,, ;;;",
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", ACCEPTED)
def test_a_tag_may_be_sent_in_many_ways(operate, clerk, appointment, tag, case):
    sent = ACCEPTED[case].format(tag=tag(appointment))

    response = operate(clerk, "cancel", appointment, **{"If-Match": sent})

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().status == Status.CANCELLED


@pytest.mark.django_db
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_its_tag_is_refused(
    operate, clerk, appointment, tag, nothing_changes, case
):
    shown = tag(appointment)
    sent = REFUSED[case].format(tag=shown, bare=shown.strip('"'))

    with nothing_changes():
        response = operate(clerk, "cancel", appointment, **{"If-Match": sent})

    assert response.status_code == 412
    assert codes(response) == ["precondition_failed"]


@pytest.mark.django_db
@pytest.mark.parametrize("operation", Operation)
def test_a_practice_may_insist_on_it(
    operate, clerk, clock, settings, tag, nothing_changes, operation
):
    appointment, body = ready(clock, operation)
    settings.REQUIRE_IF_MATCH = True

    with nothing_changes():
        refused = operate(clerk, operation, appointment, body)
    granted = operate(
        clerk, operation, appointment, body, **{"If-Match": tag(appointment)}
    )

    assert refused.status_code == 428
    assert refusals(refused) == [(None, "precondition_required")]
    assert granted.status_code == 200, granted.data


@pytest.mark.django_db
def test_no_practice_insists_on_it_for_adding(add, settings, therapist):
    settings.REQUIRE_IF_MATCH = True

    assert add(UserFactory(), booking_request(therapist)).status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("insist", [False, True])
@pytest.mark.parametrize("sent", [{}, {"If-Match": OTHER}], ids=["no tag", "a tag"])
def test_it_tells_strangers_nothing(
    operate, appointment, settings, stranger, nothing_changes, insist, sent
):
    settings.REQUIRE_IF_MATCH = insist

    with nothing_changes():
        response = operate(stranger, "cancel", appointment, **sent)

    assert response.status_code == 404


@pytest.mark.django_db
def test_a_tag_that_fails_hides_the_rest(operate, appointment, nothing_changes):
    """What has changed is to be looked at again, before anything else is told."""
    with nothing_changes():
        response = operate(
            appointment.client, "move", appointment, LATER, **{"If-Match": OTHER}
        )
        state = operate(appointment.client, "book", appointment, **{"If-Match": OTHER})

    assert response.status_code == state.status_code == 412


@committed
@pytest.mark.parametrize("way", ["added", "taken", "held"])
def test_every_answer_with_one_appointment_has_its_tag(api, tag, way):
    client, therapist = UserFactory(), TherapistFactory()
    if way == "taken":
        AppointmentFactory(therapist=therapist, available=True, start=FIRST_SESSION)
    hold = {"hold": True} if way == "held" else {}

    added = api(client).post(URL, booking_request(therapist, **hold))

    row = Appointment.objects.get()
    assert added.status_code == 201, added.data
    assert added["ETag"] == tag(row)
    assert api(client).get(f"{URL}/{row.pk}")["ETag"] == added["ETag"]
    assert "ETag" not in api(client).get(URL)


@committed
def test_the_tag_is_the_same_for_everyone_who_sees_it(api, operate, tag):
    appointment = AppointmentFactory(therapist__signs_in=True)
    people = [appointment.client, appointment.therapist.user]

    tags = {api(one).get(f"{URL}/{appointment.pk}")["ETag"] for one in people}

    assert tags == {tag(appointment)}


@committed
@pytest.mark.parametrize("refused", ["moved to where it is", "by a rule", "too early"])
def test_the_tag_stays_where_nothing_changed(operate, clerk, tag, refused):
    appointment = AppointmentFactory(start=FIRST_SESSION, therapist__horizon_days=40)
    seen = tag(appointment)
    requests = {
        "moved to where it is": (clerk, "move", {"start": "2030-01-07T09:00Z"}, 200),
        "by a rule": (appointment.client, "move", LATER, 422),
        "too early": (clerk, "complete", {}, 409),
    }
    user, operation, body, status = requests[refused]

    response = operate(user, operation, appointment, body)

    assert response.status_code == status
    assert tag(appointment) == seen
    if status == 200:
        assert response["ETag"] == seen


def by_raw_sql(appointment):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE appointments_appointment SET created_at = created_at WHERE id = %s",
            [appointment.pk],
        )


def by_the_orm(appointment):
    appointment.end += timedelta(minutes=5)
    appointment.busy_until = appointment.end
    appointment.save()


@committed
@pytest.mark.parametrize("change", [by_raw_sql, by_the_orm], ids=["SQL", "the ORM"])
def test_whoever_writes_the_row_changes_the_tag(tag, change):
    appointment = AppointmentFactory()
    seen = tag(appointment)

    change(appointment)

    assert tag(appointment) != seen


@committed
def test_there_and_back_is_another_version(operate, clerk, tag, appointment):
    seen = tag(appointment)
    for start in (LATER, {"start": "2030-01-07T09:00Z"}):
        assert operate(clerk, "move", appointment, start).status_code == 200

    response = operate(clerk, "cancel", appointment, **{"If-Match": seen})

    assert response.status_code == 412
    assert Appointment.objects.get().status == Status.BOOKED
