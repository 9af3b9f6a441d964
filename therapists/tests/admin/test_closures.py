from datetime import date

import pytest

from booking.tests.admin import form_codes
from therapists.models import (
    Closure,
)
from therapists.tests.admin import CLOSURES
from therapists.tests.factories import (
    ClosureFactory,
)

pytestmark = pytest.mark.django_db


def closure(**changes):
    return {"name": "Easter", "start": "2030-04-19", "end": "2030-04-22"} | changes


def test_staff_add_change_and_delete_a_closure(staff):
    added = staff.post(f"{CLOSURES}add/", closure())
    row = Closure.objects.get()
    changed = staff.post(f"{CLOSURES}{row.pk}/change/", closure(end="2030-04-19"))
    row.refresh_from_db()
    deleted = staff.post(f"{CLOSURES}{row.pk}/delete/", {"post": "yes"})

    assert [r.status_code for r in (added, changed, deleted)] == [302] * 3
    assert (row.name, row.start, row.end) == (
        "Easter",
        date(2030, 4, 19),
        date(2030, 4, 19),
    )
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"end": "2030-04-18"}, {"end": ["ends_before_start"]}),
        ({"name": ""}, {"name": ["required"]}),
        ({"start": "2030-02-29"}, {"start": ["invalid"]}),
        ({"end": ""}, {"end": ["required"]}),
    ],
    ids=str,
)
def test_an_invalid_closure_is_refused_at_its_field(staff, changes, refused):
    response = staff.post(f"{CLOSURES}add/", closure(**changes))

    assert response.status_code == 200
    assert form_codes(response) == refused
    assert not Closure.objects.exists()


def test_a_closure_added_twice_is_refused_at_its_name(staff):
    staff.post(f"{CLOSURES}add/", closure())

    response = staff.post(f"{CLOSURES}add/", closure())

    assert form_codes(response) == {"name": ["unique"]}
    assert Closure.objects.count() == 1


def test_the_list_of_closures_runs_a_fixed_number_of_queries(
    staff, django_assert_num_queries
):
    ClosureFactory.create_batch(10)

    # Session, user, second factor, two of rights, two counts, two of the dates, and the page.
    with django_assert_num_queries(10):
        response = staff.get(CLOSURES)

    assert response.status_code == 200
