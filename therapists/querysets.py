from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower


class TherapistQuerySet(models.QuerySet):
    """The questions that the rest of the code asks about therapists."""

    def listed(self):
        """Those whom the public directory shows."""
        return self.filter(is_active=True)

    def offering(self, type):
        """Those who offer the type; a therapist with no offerings takes every type."""
        return self.filter(Q(offerings__type=type) | Q(offerings=None))

    def with_specialisms(self, names, *, all_of_them):
        """Those who work with any, or with all, of the names, whatever their case."""
        have = [Exists(self._have(name)) for name in names]
        connector = Q.AND if all_of_them else Q.OR
        return self.filter(Q(*have, _connector=connector))

    def with_details(self):
        """Load what the directory shows, in a fixed number of statements."""
        return self.prefetch_related("specialisms", "offerings")

    def _have(self, name):
        # Not iexact: that leaves the case of the given name to the locale of the
        # database, and that of the stored one to the collation of its column.
        links = self.model.specialisms.through.objects.alias(
            lowered=Lower("specialism__name")
        )
        return links.filter(therapist=OuterRef("pk"), lowered=name.lower())
