"""Every refusal of notifications: one class with its status, code, sentence and field."""

from booking.api.errors import Conflict, InvalidField


class NoDiary(InvalidField):
    field = "kind"
    default_code = "no_diary"
    default_detail = "Only an active therapist has a diary. Choose `mine`."


class UnknownDelivery(InvalidField):
    field = "delivery_id"
    default_code = "does_not_exist"
    default_detail = "This delivery does not exist."


class TooManyFeeds(Conflict):
    default_code = "too_many_feeds"
    default_detail = "You have 20 calendars. Delete one of them first."
