def summarize(entry):
    """Return the change, the role and the user of an entry of the history."""
    return (entry["what"], entry["role"], entry["user"] and entry["user"]["id"])
