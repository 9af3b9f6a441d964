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


def import_closures(*arguments):
    output = StringIO()
    call_command("import_closures", *arguments, stdout=output)
    return output.getvalue()


def import_years(*years, country="GB", subdivision="ENG"):
    part = ["--subdivision", subdivision] if subdivision else []
    return import_closures("--country", country, *part, "--years", *map(str, years))


def list_days():
    return list(Closure.objects.values_list("start", flat=True))


def test_the_public_holidays_become_closures_of_one_day():
    output = import_years(2030, 2031)

    easter = Closure.objects.get(start=EASTER_MONDAY.date())
    assert (easter.end, easter.name) == (easter.start, "Easter Monday")
    assert {day.year for day in list_days()} == {2030, 2031}
    assert Closure.objects.count() >= 16
    assert "2030-04-22" in output
    for closure in Closure.objects.all():
        closure.full_clean()


def test_subdivisions_have_their_own_days():
    import_years(2030, subdivision="SCT")

    assert date(2030, 1, 2) in list_days()
    assert EASTER_MONDAY.date() not in list_days()


def test_without_a_subdivision_the_days_are_those_of_the_whole_country():
    import_years(2030, country="de", subdivision=None)

    assert Closure.objects.get(start=date(2030, 10, 3)).name.startswith("Tag der")
    assert date(2030, 1, 6) not in list_days()


def test_importing_again_adds_only_missing_days():
    import_years(2030)
    closures = list(Closure.objects.values())

    output = import_years(2030, 2030)
    import_years(2030, 2031)

    assert "Added 0 closures" in output
    assert list(Closure.objects.values())[: len(closures)] == closures
    assert len(set(list_days())) == Closure.objects.count() > len(closures)


def test_a_closure_of_the_same_day_keeps_its_name():
    day = EASTER_MONDAY.date()
    same_day = ClosureFactory(start=day, end=day, name="Closed for Easter")
    longer = ClosureFactory(start=date(2030, 12, 24), end=date(2030, 12, 31))

    import_years(2030)

    assert list(Closure.objects.filter(start=day)) == [same_day]
    assert Closure.objects.get(pk=longer.pk).end == longer.end
    assert Closure.objects.filter(start=date(2030, 12, 25)).count() == 1


def test_appointments_on_closures_are_reported_and_not_cancelled():
    booked = AppointmentFactory(start=EASTER_MONDAY)
    held = AppointmentFactory(start=EASTER_MONDAY + HOUR, status=Status.HELD)
    AppointmentFactory(start=EASTER_MONDAY + 24 * HOUR)
    AppointmentFactory(start=EASTER_MONDAY, available=True)
    before = list(Appointment.objects.values())

    output = import_years(2030)

    assert f"conflicts: {booked.pk} {held.pk}\n" in output
    assert "on closures: 2\n" in output
    assert list(Appointment.objects.values()) == before
    assert "on closures: 0\n" in import_years(2030)


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        pytest.param({"country": "XX"}, "GB", id="no such country"),
        pytest.param({"country": "utils"}, "GB", id="a module"),
        pytest.param({"country": ""}, "GB", id="no country"),
        pytest.param({"subdivision": "XX"}, "ENG NIR SCT WLS", id="no such part"),
        pytest.param({"country": "VA"}, "none", id="a country without parts"),
    ],
)
def test_an_unknown_place_is_refused_with_the_known_codes(
    arguments, codes, nothing_changes
):
    with nothing_changes(), pytest.raises(CommandError, match=codes):
        import_years(2030, **arguments)


@pytest.mark.parametrize("years", [[2028], [2040], [2030, 0], [-1], [10**9]], ids=str)
def test_years_in_which_no_client_can_book_are_refused(years, nothing_changes):
    with nothing_changes(), pytest.raises(CommandError, match="2029 to 2039"):
        import_years(*years)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--years", "2030"], id="no country"),
        pytest.param(["--country", "GB"], id="no years"),
        pytest.param(["--country", "GB", "--years", "soon"], id="no number"),
    ],
)
def test_missing_and_malformed_arguments_are_refused(arguments):
    with pytest.raises(CommandError):
        import_closures(*arguments)
