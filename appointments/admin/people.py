"""Search in the lists of the diary, by the people of a row."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q

from accounts.search import find_people
from booking.admin.lists import LargeListAdmin
from booking.admin.search import cut
from booking.search import find_ids
from therapists.models import Therapist

# Of more therapists than this, a part of all rows is soon a page. Of fewer, a walk along
# the dates might read all rows.
FEW_THERAPISTS = 5


class DiaryListAdmin(LargeListAdmin):
    """A list of rows with a therapist, a client and a start, searched by name.

    The search looks for people first, and then for their rows. Django's own would join
    all rows with their people.
    """

    list_select_related = ["therapist", "client"]
    # They show the field; `get_search_results` searches.
    search_fields = [
        "therapist__name",
        "client__name",
        "client__email",
        "client__phone",
    ]
    search_help_text = "A therapist's name, or a client's name, address or phone."
    sortable_by = ["start"]

    def get_search_results(self, request, queryset, search_term):
        if request.resolver_match.url_name == "autocomplete":
            # No form offers these rows, and none of these responses would be logged.
            raise PermissionDenied
        if not search_term.strip():
            return queryset, False
        clients = cut(find_people(search_term), request)
        therapists = find_ids(Therapist.objects, search_term, "name")
        rows = queryset.filter(Q(client__in=clients) | Q(therapist__in=therapists))
        if len(therapists) <= FEW_THERAPISTS:
            # No index has this order, so PostgreSQL starts with the people.
            rows = rows.order_by(F("start") + timedelta(), "id")
        return rows, False
