import pghistory


def track_history(model):
    """Keep every version of a row in a table of events, by triggers.

    The triggers also record changes by raw SQL, and refuse to change what they have
    recorded. They read the actor from the setting that `booking.audit` fills.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        append_only=True,
        obj_field=pghistory.ObjForeignKey(related_name="history"),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,
    )(model)
