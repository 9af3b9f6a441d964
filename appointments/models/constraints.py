"""The database's guarantees for every appointment, by whatever way it is written.

A refusal names the constraint that it reports. `full_clean` reports the texts given here.
Constraints without a text guard against the code alone: no input can violate them.
"""

from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import CheckConstraint, Deferrable, F, Q, UniqueConstraint

from appointments.models.expressions import Period, WholeMinute
from appointments.models.statuses import (
    CONCLUDED,
    WITH_CLIENT,
    CancellationReason,
    Role,
    Status,
)
from therapists.models import LONGEST_MINUTES, SHORTEST_MINUTES, AppointmentType

# An expired hold occupies its period too, because a constraint cannot ask for the time.
# A write that is refused because of one releases it and tries again.
OCCUPIES = ~Q(status=Status.CANCELLED)

# The period: bounds, whole minutes, and a break that is not negative.
PERIOD = [
    CheckConstraint(
        condition=Q(start__lt=F("end")),
        name="appointment_ends_after_it_starts",
        violation_error_code="ends_before_start",
        violation_error_message="It must end after it starts.",
    ),
    CheckConstraint(
        condition=Q(end__gte=F("start") + timedelta(minutes=SHORTEST_MINUTES))
        & Q(end__lte=F("start") + timedelta(minutes=LONGEST_MINUTES)),
        name="appointment_duration_within_bounds",
        violation_error_code="wrong_duration",
        violation_error_message=f"It must take {SHORTEST_MINUTES} to "
        f"{LONGEST_MINUTES} minutes.",
    ),
    CheckConstraint(
        condition=Q(start=WholeMinute("start"), end=WholeMinute("end")),
        name="appointment_in_whole_minutes",
        violation_error_code="not_whole_minutes",
        violation_error_message="It must start and end on a whole minute.",
    ),
    CheckConstraint(
        condition=Q(busy_until__gte=F("end")),
        name="appointment_busy_until_its_end_or_later",
    ),
    CheckConstraint(
        condition=Q(type__in=AppointmentType.values),
        name="appointment_type_is_known",
    ),
]

# A status and what belongs to it: the client, the hold, the cancellation, the conclusion.
LIFECYCLE = [
    CheckConstraint(
        condition=Q(status=Status.AVAILABLE, client=None)
        | Q(status__in=WITH_CLIENT, client__isnull=False)
        # Without a client, it is held for somebody who was invited.
        | Q(status__in=[Status.HELD, Status.CANCELLED]),
        name="appointment_has_a_client_where_its_status_has_one",
        violation_error_code="client_and_status",
        violation_error_message="An available appointment has no client; "
        "a booked one has one, and keeps it when it is concluded.",
    ),
    CheckConstraint(
        condition=Q(status=Status.HELD, hold_expires_at__isnull=False)
        | ~Q(status=Status.HELD) & Q(hold_expires_at=None),
        name="appointment_hold_expires_where_it_is_held",
    ),
    CheckConstraint(
        condition=Q(
            status=Status.CANCELLED,
            cancelled_at__isnull=False,
            cancelled_by__in=Role.values,
            cancellation_reason__in=["", *CancellationReason.values],
        )
        | ~Q(status=Status.CANCELLED)
        & Q(
            cancelled_at=None,
            cancelled_by="",
            cancellation_reason="",
            cancelled_late=False,
        ),
        name="appointment_tells_who_cancelled_it",
    ),
    CheckConstraint(
        condition=Q(status__in=CONCLUDED, concluded_at__isnull=False)
        | ~Q(status__in=CONCLUDED) & Q(concluded_at=None),
        name="appointment_tells_when_it_was_concluded",
    ),
    CheckConstraint(
        condition=Q(moved_late=False) | ~Q(status__in=[Status.AVAILABLE, Status.HELD]),
        name="appointment_moved_late_only_after_it_was_booked",
    ),
]

# An appointment is one numbered date of a series, or belongs to none. Rows without a
# series do not count for the unique constraint, as nulls are distinct.
SERIES = [
    CheckConstraint(
        condition=Q(series=None, occurrence=None, is_exception=False)
        # A null would pass `gte` alone, as a constraint refuses only what is false.
        | Q(series__isnull=False, occurrence__isnull=False, occurrence__gte=1),
        name="appointment_has_a_place_in_its_series",
    ),
    UniqueConstraint(
        fields=["series", "occurrence"],
        name="appointment_one_per_place_in_a_series",
    ),
]

# Neither a therapist nor a client has two appointments at once. Periods are half-open, so
# appointments may touch. A break follows each of a therapist's appointments; clients need
# none. Available appointments have no client, and null equals nothing.
#
# Deferrable, because only such a constraint is checked at the end of a statement and not
# row by row. Two statements need that: a series moves as one, each date perhaps to where
# the next one was; and a cancelled appointment's period is published again while the old
# row is being cancelled. It is as safe: a transaction that meets an overlapping row of
# another waits for its end, and is refused if that one commits.
OVERLAP = [
    ExclusionConstraint(
        name="appointment_therapist_overlap",
        expressions=[
            ("therapist", RangeOperators.EQUAL),
            (Period("start", "busy_until"), RangeOperators.OVERLAPS),
        ],
        condition=OCCUPIES,
        deferrable=Deferrable.IMMEDIATE,
        violation_error_code="therapist_busy",
        violation_error_message="The therapist is busy at that time.",
    ),
    ExclusionConstraint(
        name="appointment_client_overlap",
        expressions=[
            ("client", RangeOperators.EQUAL),
            (Period("start", "end"), RangeOperators.OVERLAPS),
        ],
        condition=OCCUPIES,
        deferrable=Deferrable.IMMEDIATE,
        violation_error_code="client_busy",
        violation_error_message="The client is busy at that time.",
    ),
]
