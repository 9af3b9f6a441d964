"""Shows hand-written SQL exactly as it runs."""

from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from appointments import visibility
from appointments.availability import days, free, free_therapists
from appointments.availability.search import get_search_statement
from appointments.filters.appointments import StaffAppointmentFilterSet
from booking.api.pagination import Position
from booking.statements import STATEMENTS

# Lists and searches are composed by the first request for them. These are examples: the
# most frequent ones of clients, forwards and backwards, then some of staff.
WEEK = "start=2030-01-07&end=2030-01-13&type=one-off"
LISTS = [
    ("own_and_bookable", "", None),
    ("own_and_bookable", f"{WEEK}&specialisms=Anxiety,Sleep", None),
    ("own_and_bookable", f"{WEEK}&specialisms=Anxiety,Sleep", "after"),
    ("own_and_bookable", f"{WEEK}&specialisms=Anxiety,Sleep", "before"),
    ("own", "status=booked", None),
    ("own", "mine=true&status=booked,held&ordering=-start", None),
    ("all", f"{WEEK}&therapist_id=1", None),
    ("all", "status=held&specialisms=Anxiety,Sleep&specialisms_match=all", None),
    ("all", "client_id=1&start=2030-01-07&ordering=-start", "after"),
    ("all", "status=booked,available", None),
]
SEARCHES = [
    ((), False),
    (("therapist_id",), False),
    (("specialisms",), False),
    (("specialisms",), True),
    (("all_specialisms",), False),
]


class Command(BaseCommand):
    help = "Shows the text of a statement, or without a name the names of all."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?")
        parser.add_argument(
            "--save", metavar="FOLDER", type=Path, help="Write each to NAME.sql there."
        )

    def handle(self, *, name, save, **options):
        # Imports every module that a request may run, and so every statement.
        import_module(settings.ROOT_URLCONF)
        _compose_examples()
        if save:
            _save(save)
        elif name is None:
            self.stdout.write("\n".join(sorted(STATEMENTS)))
        elif name in STATEMENTS:
            self.stdout.write(STATEMENTS[name].text)
        else:
            raise CommandError(f"There is no statement with the name {name}.")


def _compose_examples():
    for view, query, side in LISTS:
        request = StaffAppointmentFilterSet.read_list(QueryDict(query))
        conditions, descends = request.conditions, request.descends
        if side:
            descends ^= side == "before"
            position = Position(["2030-01-07T09:00:00Z", 1], side == "before")
            conditions.append(visibility.get_position_condition(position, descends))
        visibility.get_list_statement(view, conditions, descends)
    for filters, backwards in SEARCHES:
        get_search_statement(frozenset(filters), backwards)
    get_search_statement(frozenset({"therapist_id"}), False, moves=True)
    days.get_statement(frozenset({"specialisms"}), counts=True, backwards=False)
    days.get_statement(frozenset({"therapist_id"}), counts=False, backwards=True)
    free.get_statement(backwards=False)
    free.get_statement(backwards=True)
    free_therapists.get_statement(frozenset({"specialisms"}))


def _save(folder):
    """Make the folder hold the statements, and no others."""
    for path in folder.glob("*.sql"):
        path.unlink()
    for name, statement in STATEMENTS.items():
        (folder / f"{name}.sql").write_text(f"{statement.text}\n", "utf-8")
