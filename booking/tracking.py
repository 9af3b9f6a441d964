from collections.abc import Callable, Sequence

import pghistory
from django.db import models


def track_history(*, indexes: Sequence[models.Index] = ()) -> Callable:
    """Keep every version of the model's rows in a table of events, with these indexes.

    Triggers do so, for raw SQL as well, and refuse to change or delete an event. They
    read the actor from the setting that `booking.audit` fills.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        append_only=True,
        obj_field=pghistory.ObjForeignKey(related_name="history"),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,
        # pghistory numbers events by an integer, and its end would refuse every write.
        attrs={"pgh_id": models.BigAutoField(primary_key=True)},
        meta={"indexes": list(indexes)},
    )
