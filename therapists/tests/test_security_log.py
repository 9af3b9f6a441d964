"""The security log has who got and lost a diary, whoever changes it and however."""

import pytest
from django.db.models import Q

from accounts.models import SecurityEvent
from accounts.tests.factories import UserFactory
from therapists.models import Therapist
from therapists.tests.admin import get_page, therapist
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


def get_events():
    # Without those of the groups, which the migrations made.
    about_diaries = Q(details__has_key="therapist") | Q(
        details__removed__startswith="therapist "
    )
    events = SecurityEvent.objects.filter(about_diaries).order_by("pk")
    assert {event.kind for event in events} <= {"rights_changed"}
    return [(event.account_id, event.details) for event in events]


def had(row):
    return row.user_id, {"therapist": row.pk, "is_active": True}


def test_a_new_therapist_with_an_account_is_logged():
    row = TherapistFactory(signs_in=True)

    assert get_events() == [had(row)]


def test_a_diary_that_changes_hands_is_logged_for_both_accounts():
    row = TherapistFactory(signs_in=True)
    other = UserFactory()

    Therapist.objects.update(user=other)

    removed = {"removed": f"therapist {row.pk}"}
    got = {"therapist": row.pk, "is_active": True}
    events = get_events()
    assert events[0] == had(row)
    assert (row.user_id, removed) in events[1:]
    assert (other.pk, got) in events[1:]
    assert len(events) == 3


@pytest.mark.parametrize("signs_in", [True, False])
def test_a_therapist_made_inactive_is_logged(signs_in):
    row = TherapistFactory(signs_in=signs_in)

    Therapist.objects.update(is_active=False)

    event = (row.user_id, {"therapist": row.pk, "is_active": False})
    assert get_events() == [had(row)] * signs_in + [event]


def test_a_deleted_therapist_is_logged():
    row = TherapistFactory(signs_in=True)
    id = row.pk

    row.delete()

    assert get_events()[1:] == [(row.user_id, {"removed": f"therapist {id}"})]


def test_other_changes_of_a_therapist_are_not_logged():
    TherapistFactory()

    Therapist.objects.update(name="Ada", break_minutes=5)

    assert get_events() == []


def test_the_log_names_the_manager_who_changed_it(manager):
    row = TherapistFactory(is_active=True)
    user = UserFactory()

    response = manager.post(get_page(row), therapist(user=user.pk))

    assert response.status_code == 302
    event = SecurityEvent.objects.get(account=user)
    assert (event.kind, event.details["therapist"]) == ("rights_changed", row.pk)
    assert event.user_id == int(manager.session["_auth_user_id"])
