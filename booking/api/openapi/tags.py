"""The groups of operations, in the order in which a front end first needs them."""

import re

PREFIX = "/api/v1/"
ORIGINAL_NAMES = "original names"
# Each with the paths that it has, and its description.
TAGS = {
    "auth": ("auth/", "Register, sign in, and your own account."),
    "practice": ("practice$", "What a front end shows before anyone signs in."),
    "therapists": (
        r"(therapists|specialisms)(/{\w+})?$",
        "The public directory of therapists and their specialisms.",
    ),
    "slots": (
        r"slots|next_slots|therapists/{\w+}/(free|next_slot)$",
        "Free times. Anyone may search.",
    ),
    "appointments": ("appointments", "Book, move, cancel, conclude."),
    "series": ("series", "Appointments every few weeks, all or none."),
    "calendar": ("calendar", "Calendars that other programs subscribe to."),
    "webhooks": ("webhooks", "Other systems that are told of changes, for staff."),
    "clients": ("clients", "The clients of the practice, for staff."),
    "schedule": (
        r"closures|therapists/{\w+}/",
        "Working hours, absences, offerings and closures, for therapists and staff.",
    ),
}
ORIGINAL_NAMES_TEXT = (
    "Four operations under the names that they had at first. They work at the root of the "
    "server too."
)


def list_tags() -> list[dict[str, str]]:
    texts = {name: text for name, (_, text) in TAGS.items()}
    texts |= {ORIGINAL_NAMES: ORIGINAL_NAMES_TEXT}
    return [{"name": name, "description": text} for name, text in texts.items()]


def get_tag(path: str) -> str:
    """Return the tag of a path; of one that belongs to no other, the last."""
    below = path.rstrip("/").removeprefix(PREFIX)
    found = (name for name, (paths, _) in TAGS.items() if re.match(paths, below))
    return next(found, ORIGINAL_NAMES)
