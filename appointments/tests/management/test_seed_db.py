from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management import CommandError, call_command
from django.db.models import F

from accounts.models import User
from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.seeds import DEMO_PASSWORD, demo_users
from appointments.tests.factories import CANCELLATION, NOW
from therapists.models import (
    Absence,
    BookingMode,
    Closure,
    Specialism,
    Therapist,
    WorkingHours,
)
from therapists.tests.factories import SpecialismFactory, TherapistFactory

pytestmark = pytest.mark.django_db

FIXTURES = ["specialisms", "therapists", "demo_users", "appointments"]
MODELS = [Specialism, Therapist, WorkingHours, User, Appointment]


def load():
    call_command("loaddata", *FIXTURES, verbosity=0)


def seed(**options):
    output = StringIO()
    call_command("seed_db", stdout=output, **options)
    return output.getvalue()


def upcoming():
    """What seeding published: the dates of the fixtures are over by the tests' clock."""
    return Appointment.objects.filter(start__gt=NOW).order_by("start", "pk")


def found(api, **query):
    """The whole first page of slots over the next four weeks."""
    dates = {"start": f"{NOW:%Y-%m-%d}", "end": f"{NOW + timedelta(days=28):%Y-%m-%d}"}
    response = api().get(
        "/api/v1/slots", dates | {"type": "one-off", "page_size": 200} | query
    )
    assert response.status_code == 200, response.data
    return response.json()["results"]


def counts():
    return [model.objects.count() for model in MODELS]


@pytest.fixture
def dev(settings):
    settings.STAGE = "dev"


@pytest.fixture
def prod(settings):
    settings.STAGE = "prod"


def test_the_fixtures_load_twice():
    load()
    once = counts()

    load()

    assert counts() == once
    assert min(once) >= 7


def test_after_the_fixtures_everything_added_gets_an_id_of_its_own(api):
    load()
    ids = set(Appointment.objects.values_list("pk", flat=True))
    wish = {
        "therapist_id": 1,
        "start": "2030-06-06T12:41:00Z",
        "duration": 77,
        "type": "consultation",
    }

    response = api(UserFactory()).post("/api/v1/appointments", wish)

    assert response.status_code == 201, response.data
    assert response.json()["id"] not in ids
    assert TherapistFactory().pk > 10


@pytest.mark.parametrize("pk", [1, 2])
def test_therapists_1_and_2_take_everything_at_any_time(pk):
    load()

    therapist = Therapist.objects.get(pk=pk)

    assert therapist.is_active
    assert therapist.booking_mode == BookingMode.ANY_TIME
    assert (therapist.notice_hours, therapist.horizon_days) == (0, 3650)
    assert not therapist.offerings.exists()
    assert not therapist.hours.exists()
    assert not therapist.appointments.exists()


def test_what_the_fixtures_write_is_valid():
    load()

    for model in [*MODELS, Absence]:
        for row in model.objects.all():
            row.full_clean()


def test_the_fixtures_show_what_a_diary_can_be():
    load()

    slotted = Therapist.objects.filter(booking_mode=BookingMode.WORKING_HOURS)

    assert len(set(slotted.values_list("time_zone", flat=True))) >= 5
    for therapist in slotted:
        assert therapist.offerings.exists()
        assert therapist.hours.exists()
    past_midnight = WorkingHours.objects.filter(end__lte=F("start"))
    assert past_midnight.exists()
    assert WorkingHours.objects.exclude(valid_from=None).exists()
    assert WorkingHours.objects.exclude(valid_until=None).exists()
    anytime = Therapist.objects.filter(booking_mode=BookingMode.ANY_TIME)
    assert anytime.exclude(offerings=None).exists()


@pytest.mark.usefixtures("dev")
def test_there_is_a_slot_for_every_specialism(api):
    seed()

    for specialism in Specialism.objects.all():
        assert found(api, specialisms=specialism.name, page_size=1), specialism


def test_slots_last_longer_than_what_was_published(api, clock):
    seed()
    clock.shift(timedelta(days=100))
    dates = {"start": "2030-03-11", "end": "2030-03-17"}

    for specialism in ("Addiction", "Anxiety"):
        slots = found(api, specialisms=specialism, **dates)
        assert {slot["appointment_id"] for slot in slots} == {None}


@pytest.mark.usefixtures("dev")
def test_what_is_published_by_who_has_hours_is_a_slot(api):
    seed()
    slotted = upcoming().filter(therapist__booking_mode=BookingMode.WORKING_HOURS)
    published = {
        (a.therapist_id, a.type, a.start.isoformat().replace("+00:00", "Z"))
        for a in slotted
    }
    Appointment.objects.all().delete()

    offered = {
        (therapist, slot["type"], slot["start"])
        for therapist, type in {(therapist, type) for therapist, type, _ in published}
        for slot in _pages(api, therapist, type)
    }

    assert len(published) > 300
    assert published <= offered
    assert len(offered) > 2 * len(published)


def _pages(api, therapist_id, type):
    """All slots of the next weeks, week by week, as one page does not hold them."""
    for week in range(5):
        first = NOW + timedelta(days=7 * week)
        dates = {"start": f"{first:%Y-%m-%d}"}
        dates["end"] = f"{first + timedelta(days=6):%Y-%m-%d}"
        yield from found(api, therapist_id=therapist_id, type=type, **dates)


def test_somebody_is_away_and_publishes_nothing_then():
    seed()

    assert Absence.objects.count() == 2
    for absence in Absence.objects.all():
        assert absence.start > NOW
        diary = Appointment.objects.filter(therapist=absence.therapist)
        assert not diary.filter(start__lt=absence.end, end__gt=absence.start).exists()
        local = absence.start.astimezone(ZoneInfo(absence.therapist.time_zone))
        assert (local.hour, local.minute) == (0, 0)
    assert not Closure.objects.exists()


def test_absences_are_not_added_again(clock):
    seed()
    once = list(Absence.objects.values())
    clock.shift(timedelta(days=20))

    seed()

    assert list(Absence.objects.values()) == once


def test_demo_users_have_the_known_password_and_a_role():
    load()

    people = {user.email: user for user in demo_users()}

    for user in people.values():
        assert Argon2PasswordHasher().verify(DEMO_PASSWORD, user.password)
    assert people["admin@example.com"].is_superuser
    assert people["staff@example.com"].groups.get().name == "Practice staff"
    assert sum(hasattr(user, "therapist") for user in people.values()) == 2


@pytest.mark.usefixtures("dev")
def test_seeding_a_new_practice_in_dev():
    output = seed()

    assert Specialism.objects.filter(name__in=["Addiction", "Anxiety"]).count() == 2
    assert Therapist.objects.filter(pk__in=[1, 2]).count() == 2
    assert demo_users().count() == 7
    assert Appointment.objects.filter(status=Status.AVAILABLE).count() > 500
    assert DEMO_PASSWORD in output
    assert all(user.email in output for user in demo_users())


@pytest.mark.usefixtures("dev")
def test_seeding_again_adds_nothing_twice_and_tops_up(clock):
    seed()
    once = counts()
    last = upcoming().last().start

    seed()
    same_day = counts()
    clock.move_to(NOW + timedelta(days=3))
    seed()

    assert same_day == once
    *others, appointments = counts()
    assert others == once[:-1]
    assert appointments > once[-1]
    new = upcoming().filter(created_at__gt=NOW + timedelta(days=1))
    assert new.first().start > last - timedelta(days=1)


def test_what_was_taken_withdrawn_or_renamed_stays_so():
    seed()
    withdrawn, taken = upcoming()[:2]
    Appointment.objects.filter(pk=withdrawn.pk).update(**CANCELLATION)
    client = UserFactory()
    Appointment.objects.filter(pk=taken.pk).update(status=Status.BOOKED, client=client)
    Therapist.objects.filter(pk=1).update(name="Somebody real")
    before = counts()

    seed()

    assert counts() == before
    assert Therapist.objects.get(pk=1).name == "Somebody real"
    taken.refresh_from_db()
    assert taken.client == client


def test_open_appointments_are_at_working_hours_of_the_therapist(clock):
    clock.move_to("2030-03-20T12:00:00Z")

    seed()

    therapists = {appointment.therapist_id for appointment in upcoming()}
    assert len(therapists) == 6
    for appointment in upcoming().select_related("therapist"):
        zone = ZoneInfo(appointment.therapist.time_zone)
        local = appointment.start.astimezone(zone)
        assert local.isoweekday() <= 5
        assert (local.hour, local.minute) in [(9, 0), (11, 0), (14, 0), (16, 0)]


def test_what_is_published_can_be_booked(api):
    seed()
    first_of_each = {a.therapist_id: a for a in upcoming().reverse()}.values()

    for appointment in first_of_each:
        wish = {
            "therapist_id": appointment.therapist_id,
            "start": appointment.start.isoformat(),
            "duration": (appointment.end - appointment.start) // timedelta(minutes=1),
            "type": appointment.type,
        }
        response = api(UserFactory()).post("/api/v1/appointments", wish)
        assert response.status_code == 201, response.data
        assert response.json()["id"] == appointment.pk


@pytest.mark.usefixtures("prod")
def test_production_is_not_seeded_without_force():
    with pytest.raises(CommandError):
        seed()

    assert not any(counts())


@pytest.mark.usefixtures("prod")
def test_forced_seeding_of_production_makes_no_accounts():
    output = seed(force=True)

    assert Therapist.objects.count() == 8
    assert not User.objects.exists()
    assert DEMO_PASSWORD not in output


@pytest.mark.usefixtures("prod")
def test_forced_seeding_leaves_a_real_practice_alone():
    real = TherapistFactory(pk=3, name="Somebody real", specialisms=["Real"])

    seed(force=True)

    assert Therapist.objects.get().name == "Somebody real"
    assert Specialism.objects.get().name == "Real"
    assert not real.appointments.exists()


@pytest.mark.usefixtures("dev")
def test_a_demo_address_in_use_is_not_overwritten():
    mine = UserFactory(email="admin@example.com")

    seed()

    stored = User.objects.get()
    assert (stored.pk, stored.password, stored.is_staff) == (
        mine.pk,
        mine.password,
        False,
    )


@pytest.mark.usefixtures("dev")
@pytest.mark.parametrize("factory", [UserFactory, TherapistFactory])
def test_only_if_empty_leaves_what_is_there(factory):
    factory()
    before = counts()

    seed(only_if_empty=True)

    assert counts() == before


def test_fixtures_find_specialisms_whatever_their_case():
    SpecialismFactory(name="ANXIETY")

    load()

    assert Specialism.objects.filter(name__iexact="anxiety").count() == 1
