"""Query parameters of the list of appointments."""

from django_filters import rest_framework as filters

from appointments.filters.clients import find_clients
from appointments.filters.period import PeriodFilterSet, PeriodForm
from appointments.models.statuses import Status
from appointments.sql import BOOKABLE, HOLD_EXPIRED
from appointments.visibility import ListRequest
from booking.api.filters import ChoicesFilter, FlagFilter, IdFilter
from booking.statements import Condition

# Without any therapist, EXISTS ends the list at once. IS TRUE keeps PostgreSQL from
# joining the specialists, which would look for them again with every appointment.
BY_SPECIALIST = """EXISTS (SELECT FROM specialist)
       AND (a.therapist_id IN (SELECT therapist_id FROM specialist)) IS TRUE"""
WITH_ANY_SPECIALISM = """specialist AS MATERIALIZED (
    -- with one of them, once
    SELECT link.therapist_id
      FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE lower(s.name) = ANY(%(specialisms)s)
)"""
WITH_ALL_SPECIALISMS = """specialist AS MATERIALIZED (
    -- with all of them, read once for all appointments
    SELECT link.therapist_id
      FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE lower(s.name) = ANY(%(all_specialisms)s)
     GROUP BY link.therapist_id
    HAVING count(*) = cardinality(%(all_specialisms)s)
)"""


STATUSES = {
    # In the text, so that PostgreSQL knows how rare the status is.
    **{status: f"a.status = '{status}'" for status in Status},
    # Two statuses depend on whether a hold has expired.
    Status.AVAILABLE: BOOKABLE,
    Status.HELD: f"a.status = '{Status.HELD}' AND a.hold_expires_at > %(now)s",
}


class AppointmentForm(PeriodForm):
    repeatable = frozenset({"status"})


class AppointmentFilterSet(PeriodFilterSet):
    """The parameters of the list, with the condition of each on an appointment `a`."""

    status = ChoicesFilter(
        choices=Status.choices,
        help_text="One status or several, separated by commas or repeated.",
    )
    mine = FlagFilter(
        help_text="`true` leaves out what is merely available to you: a client's own "
        "appointments remain, and a therapist's diary. For staff, what they have as a "
        "client or a therapist."
    )
    ordering = filters.ChoiceFilter(
        choices=[("start", "start"), ("-start", "-start")],
        help_text="By start: the earliest first (the default), or the latest.",
    )

    conditions = {
        "start": "a.start >= %(start)s",
        "end": "a.start < %(end)s",
        "type": "a.type = %(type)s",
        "therapist_id": "a.therapist_id = %(therapist_id)s",
        "specialisms": BY_SPECIALIST,
        "all_specialisms": BY_SPECIALIST,
        "client_id": f"a.client_id = %(client_id)s AND NOT {HOLD_EXPIRED}",
    }
    tables = {
        "specialisms": WITH_ANY_SPECIALISM,
        "all_specialisms": WITH_ALL_SPECIALISMS,
    }

    class Meta:
        form = AppointmentForm

    @classmethod
    def read_list(cls, parameters) -> ListRequest:
        """Return what the parameters ask of `visibility.get_page`."""
        values = cls.read_filters(parameters)
        if len({*values.get("status", ())}) == len(Status):
            del values["status"]
        return ListRequest(
            is_mine=values.pop("mine", "false") == "true",
            descends=values.pop("ordering", "start") == "-start",
            statuses=frozenset(values.get("status", Status)),
            conditions=[cls._get_condition(*item) for item in values.items()],
        )

    @classmethod
    def _get_condition(cls, name, value):
        if name == "status":
            chosen = [status for status in Status if status in value]
            return cls._get_status_condition("_".join(chosen), chosen)
        table = cls.tables.get(name, "")
        return Condition(name, (cls.conditions[name],), {name: value}, table)

    @classmethod
    def _get_status_condition(cls, name, chosen):
        """Return one condition for all, along the index of a client or therapist."""
        text = " OR ".join(f"({STATUSES[status]})" for status in chosen)
        return Condition(name, (f"({text})",), {})


class StaffAppointmentFilterSet(AppointmentFilterSet):
    """The parameters of the list for staff who see every diary."""

    client_id = IdFilter(help_text="The id of one client. For staff only.")
    search = filters.CharFilter(
        max_length=200,
        help_text="Parts of a client's name, address or phone. For staff only.",
    )

    @classmethod
    def _get_condition(cls, name, value):
        if name != "search":
            return super()._get_condition(name, value)
        text = f"a.client_id = person.id AND NOT {HOLD_EXPIRED}"
        people = {"people": find_clients(value)}
        each = "unnest(%(people)s::bigint[]) person (id)"
        return Condition(name, (text,), people, each=each)

    @classmethod
    def _get_status_condition(cls, name, chosen):
        """Return a condition for each: along all diaries, any of them may be rare."""
        return Condition(name, tuple(STATUSES[status] for status in chosen), {})
