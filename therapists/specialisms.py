"""The specialisms by which clients find a therapist."""

from django.db import models
from django.db.models.functions import Lower

from booking.names import validate_name

# Lower-cases every alphabet, independent of the database's locale.
NAME_COLLATION = "pg_unicode_fast"


class SpecialismManager(models.Manager):
    def get_by_natural_key(self, name):
        """Find a specialism by its name in any case, for fixtures."""
        # Not iexact, which lower-cases by the database's locale.
        return self.alias(lowered=Lower("name")).get(lowered=name.lower())


class Specialism(models.Model):
    """A field of a therapist's work: Addiction, Anxiety, …"""

    name = models.CharField(
        max_length=80, db_collation=NAME_COLLATION, validators=[validate_name]
    )

    objects = SpecialismManager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="specialism_name_is_unique_whatever_its_case",
                violation_error_code="unique",
                violation_error_message="A specialism with this name exists already.",
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.name,)
