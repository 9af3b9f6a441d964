"""Every refusal of a therapist's schedule: one class each."""

from rest_framework.exceptions import ValidationError


class ClosureExists(ValidationError):
    """Another request added the same closure first."""

    constraint = "closure_once"
    default_code = "unique"
    default_detail = "This closure exists already."
