import holidays
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F
from django.utils import timezone

from appointments.availability.conflicts import report_conflicts
from appointments.errors import PracticeClosed
from therapists.models import Closure

# As far ahead as anybody can book.
YEARS_AHEAD = 10
LONGEST_NAME = Closure._meta.get_field("name").max_length


class Command(BaseCommand):
    help = (
        "Adds the public holidays of a country, or of a part of it, as closures. A day "
        "that has a closure of its own is left as it is: it can be run again."
    )

    def add_arguments(self, parser):
        parser.add_argument("--country", required=True, help="ISO 3166 code: GB")
        parser.add_argument("--subdivision", help="Code of a part of it: ENG")
        parser.add_argument("--years", required=True, nargs="+", type=int)

    def handle(self, *, country, subdivision, years, **options):
        _refuse_years(years)
        found = _holidays(country.upper(), subdivision, years)
        with report_conflicts(PracticeClosed) as outside:
            known = Closure.objects.filter(start__in=found, end=F("start"))
            missing = found.keys() - set(known.values_list("start", flat=True))
            # Somebody else may import them at this very moment.
            Closure.objects.bulk_create(
                [_closure(day, found[day]) for day in sorted(missing)],
                ignore_conflicts=True,
            )
        self._tell(found, missing, outside)

    def _tell(self, found, missing, outside):
        for day in sorted(missing):
            self.stdout.write(f"  {day}  {found[day]}")
        there = len(found) - len(missing)
        self.stdout.write(f"Added {len(missing)} closures; {there} were there already.")
        self.stdout.write(
            f"Booked or held appointments now on closures: {len(outside)}"
        )
        if outside:
            ids = " ".join(str(id) for id in outside)
            self.stdout.write(f"Nothing was cancelled; conflicts: {ids}")


def _refuse_years(years):
    first = timezone.localdate().year
    last = first + YEARS_AHEAD
    if not all(first <= year <= last for year in years):
        raise CommandError(f"Choose years from {first} to {last}.")


def _holidays(country, subdivision, years):
    """Names of the holidays by day, in the country's own language."""
    countries = holidays.list_supported_countries()
    if country not in countries:
        known = " ".join(sorted(code for code in countries if len(code) == 2))
        raise CommandError(f"There is no country {country!r}; known are: {known}")
    language = getattr(holidays, country).default_language
    try:
        return holidays.country_holidays(
            country, subdiv=subdivision, years=years, language=language
        )
    except NotImplementedError as error:
        known = " ".join(countries[country]) or "none"
        raise CommandError(
            f"{country} has no subdivision {subdivision!r}; known are: {known}"
        ) from error


def _closure(day, name):
    return Closure(start=day, end=day, name=name[:LONGEST_NAME])
