"""Refusals about clients alone."""

from booking.api.errors import Conflict, InvalidField


class SameClient(InvalidField):
    field = "into"
    default_code = "same_client"
    default_detail = "A client cannot be merged into themselves. Name another."


class UnknownMergeTarget(InvalidField):
    field = "into"
    default_code = "does_not_exist"
    default_detail = "This client does not exist, or is deactivated."


class MergeTargetCannotSignIn(InvalidField):
    """The client to be merged has an address, and the other has none."""

    field = "into"
    default_code = "no_address"
    default_detail = (
        "This client has no address, and the other one has. Merge them the other way "
        "round."
    )


class MergeTargetIsTherapist(InvalidField):
    """The client to be merged has an appointment with the other, who is a therapist."""

    field = "into"
    default_code = "own_therapist"
    default_detail = "A therapist cannot be their own client."


class ClientsOverlap(Conflict):
    constraint = "appointment_client_overlap"
    default_code = "clients_overlap"
    default_detail = (
        "Both clients have appointments at the same time. Move or cancel one of them "
        "first."
    )
