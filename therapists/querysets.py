from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower


class TherapistQuerySet(models.QuerySet):
    def listed(self):
        """Return those in the public directory."""
        return self.filter(is_active=True)

    def offering(self, type):
        """Return those who offer the type; without offerings, they take every type."""
        return self.filter(Q(offerings__type=type) | Q(offerings=None))

    def with_specialisms(self, names, *, all_of_them):
        """Return those with any, or all, of the named specialisms, in any case."""
        named = [Exists(self._links_to(name)) for name in names]
        connector = Q.AND if all_of_them else Q.OR
        return self.filter(Q(*named, _connector=connector))

    def with_details(self):
        """Load specialisms and offerings in a fixed number of statements."""
        return self.prefetch_related("specialisms", "offerings")

    def _links_to(self, name):
        # Not iexact, which lower-cases the parameter by the database's locale and the
        # stored name by its column's collation.
        links = self.model.specialisms.through.objects.alias(
            lowered=Lower("specialism__name")
        )
        return links.filter(therapist=OuterRef("pk"), lowered=name.lower())
