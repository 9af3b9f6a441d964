"""What the database promises of every appointment, whoever writes it."""

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

OCCUPIES = ~Q(status=Status.CANCELLED)
# Anyone may take it: published, or published and held by somebody, whose hold may be over.
ON_OFFER = Q(status=Status.AVAILABLE) | Q(status=Status.HELD, was_published=True)

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

LIFE = [
    CheckConstraint(
        condition=Q(status=Status.AVAILABLE, client=None)
        | Q(status__in=WITH_CLIENT, client__isnull=False)
        | Q(status=Status.CANCELLED),
        name="appointment_has_a_client_where_its_status_has_one",
        violation_error_code="client_and_status",
        violation_error_message="An available appointment has no client; "
        "a held, booked, completed or missed one has.",
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
        condition=Q(series=None, occurrence=None, is_exception=False)
        | Q(series__isnull=False, occurrence__gte=1),
        name="appointment_has_a_place_in_its_series",
    ),
    UniqueConstraint(
        fields=["series", "occurrence"],
        name="appointment_one_per_place_in_a_series",
    ),
]

# Checked when a statement ends, not row by row: a series moves as one, each appointment
# to where another one of it may have been. Concurrency is none the less safe for that.
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
