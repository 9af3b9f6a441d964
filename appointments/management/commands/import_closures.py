import holidays
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F
from django.utils import timezone

from appointments.availability.conflicts import report_conflicts
from appointments.errors.rules import PracticeClosed
from therapists.models import Closure

# The longest horizon of a therapist.
YEARS_AHEAD = 10
LONGEST_NAME = Closure._meta.get_field("name").max_length


class Command(BaseCommand):
    help = (
        "Adds the public holidays of a country, or of a part of it, as closures of one "
        "day. A day that has such a closure keeps it, so this can be run again."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--country", required=True, help="ISO 3166 code, such as GB"
        )
        parser.add_argument(
            "--subdivision", help="code of a part of the country, such as ENG"
        )
        parser.add_argument(
            "--years", required=True, nargs="+", type=int, help="such as 2027 2028"
        )

    def handle(self, *, country, subdivision, years, **options):
        _refuse_years(years)
        names = _get_holidays(country.upper(), subdivision, years)
        with report_conflicts(PracticeClosed) as conflicts:
            known = Closure.objects.filter(start__in=names, end=F("start"))
            missing = names.keys() - set(known.values_list("start", flat=True))
            # Another run at the same time may add the same closures.
            Closure.objects.bulk_create(
                [_build_closure(day, names[day]) for day in sorted(missing)],
                ignore_conflicts=True,
            )
        self._report(names, missing, conflicts)

    def _report(self, names, missing, conflicts):
        for day in sorted(missing):
            self.stdout.write(f"  {day}  {names[day]}")
        known = len(names) - len(missing)
        self.stdout.write(f"Added {len(missing)} closures; {known} existed already.")
        self.stdout.write(
            f"Booked or held appointments now on closures: {len(conflicts)}"
        )
        if conflicts:
            ids = " ".join(str(id) for id in conflicts)
            self.stdout.write(f"Nothing was cancelled; conflicts: {ids}")


def _refuse_years(years):
    first = timezone.localdate().year
    last = first + YEARS_AHEAD
    if not all(first <= year <= last for year in years):
        raise CommandError(f"Choose years from {first} to {last}.")


def _get_holidays(country, subdivision, years):
    """Return the names of the holidays by day, in the country's own language."""
    subdivisions = holidays.list_supported_countries()
    if country not in subdivisions:
        codes = " ".join(sorted(code for code in subdivisions if len(code) == 2))
        raise CommandError(f"There is no country {country!r}. Countries: {codes}")
    language = getattr(holidays, country).default_language
    try:
        return holidays.country_holidays(
            country, subdiv=subdivision, years=years, language=language
        )
    except NotImplementedError as error:
        codes = " ".join(subdivisions[country]) or "none"
        raise CommandError(
            f"{country} has no subdivision {subdivision!r}. Subdivisions: {codes}"
        ) from error


def _build_closure(day, name):
    return Closure(start=day, end=day, name=name[:LONGEST_NAME])
