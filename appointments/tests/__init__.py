"""How tests read an entry of the history."""


def who(entry):
    """Return what was done, in which role, and by whom."""
    return (entry["what"], entry["role"], entry["user"] and entry["user"]["id"])
