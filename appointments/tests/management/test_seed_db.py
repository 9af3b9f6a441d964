"""In which practice `seed_db` does what; `test_published` has the appointments."""

from datetime import timedelta

import pytest
from django.core.management import CommandError

from accounts.models import User
from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.seeds import DEMO_PASSWORD, demo_users
from appointments.tests.factories import CANCELLATION, NOW
from appointments.tests.management.seeding import count_rows, get_upcoming, seed
from therapists.models import Absence, Specialism, Therapist
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("dev")
def test_a_new_practice_in_dev_gets_therapists_appointments_and_accounts():
    output = seed()

    assert Specialism.objects.filter(name__in=["Addiction", "Anxiety"]).count() == 2
    assert Therapist.objects.filter(pk__in=[1, 2]).count() == 2
    assert demo_users().count() == 9
    assert Appointment.objects.filter(status=Status.AVAILABLE).count() > 500
    assert DEMO_PASSWORD in output
    assert all(user.email in output for user in demo_users())


@pytest.mark.usefixtures("dev")
def test_seeding_again_adds_only_appointments_of_further_days(clock):
    seed()
    counts = count_rows()
    last = get_upcoming().last().start

    seed()
    counts_of_same_day = count_rows()
    clock.move_to(NOW + timedelta(days=3))
    seed()

    assert counts_of_same_day == counts
    *others, appointments = count_rows()
    assert others == counts[:-1]
    assert appointments > counts[-1]
    added = get_upcoming().filter(created_at__gt=NOW + timedelta(days=1))
    assert added.first().start > last - timedelta(days=1)


def test_absences_are_not_added_again(clock):
    seed()
    absences = list(Absence.objects.values())
    clock.shift(timedelta(days=20))

    seed()

    assert list(Absence.objects.values()) == absences


def test_seeding_again_keeps_what_was_booked_withdrawn_or_renamed():
    seed()
    withdrawn, booked = get_upcoming()[:2]
    Appointment.objects.filter(pk=withdrawn.pk).update(**CANCELLATION)
    client = UserFactory()
    Appointment.objects.filter(pk=booked.pk).update(status=Status.BOOKED, client=client)
    Therapist.objects.filter(pk=1).update(name="Another name")
    counts = count_rows()

    seed()

    assert count_rows() == counts
    assert Therapist.objects.get(pk=1).name == "Another name"
    booked.refresh_from_db()
    assert booked.client == client


@pytest.mark.usefixtures("prod")
def test_production_is_not_seeded_without_force():
    with pytest.raises(CommandError):
        seed()

    assert not any(count_rows())


@pytest.mark.usefixtures("prod")
def test_forced_seeding_of_production_makes_no_accounts():
    output = seed(force=True)

    assert Therapist.objects.count() == 8
    assert not User.objects.exists()
    assert DEMO_PASSWORD not in output


@pytest.mark.usefixtures("prod")
def test_forced_seeding_leaves_a_real_practice_alone():
    real = TherapistFactory(pk=3, name="A real therapist", specialisms=["Real"])

    seed(force=True)

    assert Therapist.objects.get().name == "A real therapist"
    assert Specialism.objects.get().name == "Real"
    assert not real.appointments.exists()


@pytest.mark.usefixtures("dev")
def test_an_account_with_a_demo_address_is_not_overwritten():
    account = UserFactory(email="admin@example.com")

    seed()

    stored = User.objects.get()
    assert (stored.pk, stored.password, stored.is_staff) == (
        account.pk,
        account.password,
        False,
    )


@pytest.mark.usefixtures("dev")
@pytest.mark.parametrize("factory", [UserFactory, TherapistFactory])
def test_only_if_empty_seeds_nothing_beside_users_or_therapists(factory):
    factory()
    counts = count_rows()

    seed(only_if_empty=True)

    assert count_rows() == counts
