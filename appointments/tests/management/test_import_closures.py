from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import HOUR, AppointmentFactory
from therapists.models import Closure
from therapists.tests.factories import ClosureFactory

pytestmark = pytest.mark.django_db

EASTER_MONDAY = datetime(2030, 4, 22, 9, tzinfo=UTC)


def run(*arguments):
    output = StringIO()
    call_command("import_closures", *arguments, stdout=output)
    return output.getvalue()


def run_for(*years, country="GB", subdivision="ENG"):
    part = ["--subdivision", subdivision] if subdivision else []
    return run("--country", country, *part, "--years", *map(str, years))


def closed_days():
    return list(Closure.objects.values_list("start", flat=True))


def test_the_public_holidays_become_closures_of_one_day():
    output = run_for(2030, 2031)

    easter = Closure.objects.get(start=EASTER_MONDAY.date())
    assert (easter.end, easter.name) == (easter.start, "Easter Monday")
    assert {day.year for day in closed_days()} == {2030, 2031}
    assert Closure.objects.count() >= 16
    assert "2030-04-22" in output
    for closure in Closure.objects.all():
        closure.full_clean()


def test_subdivisions_have_their_own_days():
    run_for(2030, subdivision="SCT")

    assert date(2030, 1, 2) in closed_days()
    assert EASTER_MONDAY.date() not in closed_days()


def test_the_whole_country_is_meant_without_a_subdivision():
    run_for(2030, country="de", subdivision=None)

    assert Closure.objects.get(start=date(2030, 10, 3)).name.startswith("Tag der")
    assert date(2030, 1, 6) not in closed_days()


def test_again_it_adds_only_what_is_missing():
    run_for(2030)
    once = list(Closure.objects.values())

    again = run_for(2030, 2030)
    run_for(2030, 2031)

    assert "Added 0 closures" in again
    assert list(Closure.objects.values())[: len(once)] == once
    assert len(set(closed_days())) == Closure.objects.count() > len(once)


def test_a_day_that_staff_named_otherwise_is_left_so():
    day = EASTER_MONDAY.date()
    ours = ClosureFactory(start=day, end=day, name="Closed for Easter")
    longer = ClosureFactory(start=date(2030, 12, 24), end=date(2030, 12, 31))

    run_for(2030)

    assert list(Closure.objects.filter(start=ours.start)) == [ours]
    assert Closure.objects.get(pk=longer.pk).end == longer.end
    assert Closure.objects.filter(start=date(2030, 12, 25)).count() == 1


def test_whom_to_call_is_named_and_nothing_is_cancelled():
    on_it = AppointmentFactory(start=EASTER_MONDAY)
    held = AppointmentFactory(start=EASTER_MONDAY + HOUR, status=Status.HELD)
    AppointmentFactory(start=EASTER_MONDAY + 24 * HOUR)
    AppointmentFactory(start=EASTER_MONDAY, available=True)
    before = list(Appointment.objects.values())

    output = run_for(2030)

    assert f"conflicts: {on_it.pk} {held.pk}\n" in output
    assert "on closures: 2\n" in output
    assert list(Appointment.objects.values()) == before
    assert "on closures: 0\n" in run_for(2030)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param({"country": "XX"}, "GB", id="no such country"),
        pytest.param({"country": "utils"}, "GB", id="a module"),
        pytest.param({"country": ""}, "GB", id="no country"),
        pytest.param({"subdivision": "XX"}, "ENG NIR SCT WLS", id="no such part"),
        pytest.param({"country": "VA"}, "none", id="a country without parts"),
    ],
)
def test_an_unknown_place_is_refused_with_the_known_ones(
    arguments, named, nothing_changes
):
    with nothing_changes(), pytest.raises(CommandError, match=named):
        run_for(2030, **arguments)


@pytest.mark.parametrize("years", [[2028], [2040], [2030, 0], [-1], [10**9]], ids=str)
def test_years_that_nobody_can_book_are_refused(years, nothing_changes):
    with nothing_changes(), pytest.raises(CommandError, match="2029 to 2039"):
        run_for(*years)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--years", "2030"], id="no country"),
        pytest.param(["--country", "GB"], id="no years"),
        pytest.param(["--country", "GB", "--years", "soon"], id="no number"),
    ],
)
def test_what_is_missing_or_malformed_is_named(arguments):
    with pytest.raises(CommandError):
        run(*arguments)
