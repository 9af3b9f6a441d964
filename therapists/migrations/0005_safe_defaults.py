from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

import accounts.models
import booking.time_zones

BOUNDS = [MinValueValidator(5), MaxValueValidator(480)]


def alter(name, field):
    return migrations.AlterField("therapist", name, field)


def add(name, existing, field):
    """Add the column. Therapists who exist get a value that changes nothing for them."""
    first = field.clone()
    first.db_default = existing
    return [migrations.AddField("therapist", name, first), alter(name, field)]


class Migration(migrations.Migration):
    dependencies = [("therapists", "0004_log_of_diaries")]

    operations = [
        *add(
            "any_time_from",
            time(0),
            models.TimeField(
                default=time(6),
                db_default=time(6),
                help_text="At any time, clients can start from this time of day.",
            ),
        ),
        *add(
            "any_time_until",
            time(0),
            models.TimeField(
                default=time(22),
                db_default=time(22),
                help_text="At any time, clients must end by this time of day. "
                "00:00 is midnight.",
            ),
        ),
        *add(
            "longest_minutes",
            480,
            models.PositiveSmallIntegerField(
                default=120,
                db_default=120,
                validators=BOUNDS,
                help_text="The longest appointment that clients can book at any time.",
            ),
        ),
        alter(
            "booking_mode",
            models.CharField(
                choices=[
                    ("any_time", "any time when the therapist is free"),
                    ("working_hours", "slots within the working hours only"),
                ],
                default="working_hours",
                help_text="The start times that clients can choose.",
                max_length=20,
            ),
        ),
        alter(
            "notice_hours",
            models.PositiveSmallIntegerField(
                default=24,
                help_text="Clients must book at least this many hours before the start.",
                validators=[MaxValueValidator(8760)],
            ),
        ),
        alter(
            "time_zone",
            models.CharField(
                default=booking.time_zones.get_practice_time_zone,
                max_length=64,
                validators=[accounts.models.validate_time_zone],
            ),
        ),
        migrations.AddConstraint(
            "therapist",
            models.CheckConstraint(
                condition=models.Q(any_time_from__lt=models.F("any_time_until"))
                | models.Q(any_time_until=time()),
                name="therapist_any_time_ends_after_it_starts",
                violation_error_code="ends_before_start",
                violation_error_message="It must be later, or 00:00 for midnight.",
            ),
        ),
        migrations.AddConstraint(
            "therapist",
            models.CheckConstraint(
                condition=models.Q(longest_minutes__gte=5, longest_minutes__lte=480),
                name="therapist_longest_appointment_within_bounds",
            ),
        ),
    ]
