"""The lock of diaries: racing writers wait for each other instead of deadlocking."""

from collections.abc import Iterable

from accounts.models import User
from therapists.models import Therapist


def lock_diaries(
    *, therapist_ids: Iterable[int | None], client_ids: Iterable[int | None]
) -> None:
    """Hold off every other change to these people's appointments until the commit.

    For writers that need more than one statement, in a transaction and right before
    they write. The constraints alone keep the data right, but of two inserts that race
    into one of them the later fails at the end, and two can deadlock. Every writer
    locks first therapists and then clients, each in the order of their ids.
    """
    for model, ids in ((Therapist, therapist_ids), (User, client_ids)):
        rows = model.objects.filter(pk__in={pk for pk in ids if pk}).order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))
