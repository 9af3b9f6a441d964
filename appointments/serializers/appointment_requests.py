"""Requests to add an appointment, or to change one."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.fields import AddressField, CodeField
from appointments.models.statuses import CancellationReason
from booking.api.errors import RepeatedField, UnknownParameter
from booking.api.fields import IdField, MomentField
from booking.api.filters import MAX_NAMES
from booking.api.serializers import RequestSerializer
from therapists.models import (
    FARTHEST_DAYS,
    LONGEST_MINUTES,
    SHORTEST_MINUTES,
    AppointmentType,
)

START_HELP = "ISO 8601; without an offset, in the practice's time zone."

CLIENT_EMAIL_HELP = (
    "Instead of the client's id, from staff and the therapist: hold the time, and invite the "
    "reader of this address by mail."
)


class StartField(MomentField):
    """The start of an appointment in the future."""

    default_error_messages = {
        "in_the_past": "Choose a time in the future.",
        "out_of_range": "Choose a time in the next ten years.",
    }

    def to_internal_value(self, value):
        start = super().to_internal_value(value)
        self.refuse_unplannable(start)
        return start

    def refuse_unplannable(self, start):
        now = timezone.now()
        if start <= now:
            self.fail("in_the_past")
        if start > now + timedelta(days=FARTHEST_DAYS):
            self.fail("out_of_range")


class AnyTherapistSerializer(RequestSerializer):
    """Any therapist, or any with some specialisms."""

    specialisms = serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        max_length=MAX_NAMES,
        help_text="Names in any case.",
    )
    specialisms_match = serializers.ChoiceField(
        choices=["any", "all"],
        required=False,
        help_text="`any` of the specialisms (the default), or `all`.",
    )

    def validate(self, attrs):
        """Return the filters of `find_free_therapists`."""
        names = sorted({name.lower() for name in attrs.get("specialisms", ())})
        match_all = attrs.get("specialisms_match") == "all"
        key = "all_specialisms" if match_all else "specialisms"
        return {key: names} if names else {}


class NamingSerializer(RequestSerializer):
    """Names a client at most once, by id or by address."""

    default_error_messages = {"exclusive": "Send `{one}` or `{other}`, not both."}

    def refuse_both(self, one: str, other: str) -> dict[str, list[ErrorDetail]]:
        """Return the refusal of a request that has both fields, at the other one."""
        message = self.error_messages["exclusive"].format(one=one, other=other)
        return {other: [ErrorDetail(message, "exclusive")]}

    def validate(self, attrs):
        if attrs.get("client_id") and attrs.get("client_email"):
            refusal = self.refuse_both("client_id", "client_email")
            raise serializers.ValidationError(refusal)
        return attrs


class BookingSerializer(NamingSerializer):
    """An appointment to book, to hold or to publish."""

    start = StartField(help_text=START_HELP)
    duration = serializers.IntegerField(
        min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES, help_text="Minutes."
    )
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    therapist_id = IdField(help_text="The therapist's id.")
    client_id = IdField(
        required=False,
        allow_null=True,
        help_text="The client's id, from staff and the therapist. Without it they publish "
        "an available appointment.",
    )
    client_email = AddressField(
        max_length=254,
        required=False,
        help_text=CLIENT_EMAIL_HELP,
    )
    hold = serializers.BooleanField(
        required=False,
        help_text="From clients: hold the time for some minutes instead of booking it.",
    )


# The OpenAPI document adds "Request" to the name of its component.
@extend_schema_serializer(component_name="Booking")
class BookingRequestSerializer(BookingSerializer):
    """An appointment with a therapist, or with any who is free."""

    therapist_id = IdField(
        required=False, help_text="The therapist's id. Required without `any`."
    )
    any = AnyTherapistSerializer(
        required=False,
        help_text="Instead of a therapist: whoever is free then and offers this, the one "
        "with the fewest appointments of that week first. `{}` is any therapist.",
    )

    def to_internal_value(self, data):
        refused = self._refuse_therapists(data)
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError(refused | error.detail) from error
        if refused:
            raise serializers.ValidationError(refused)
        return values

    def _refuse_therapists(self, data):
        """Refuse a request for none and one for both, beside errors of other fields."""
        named = {"therapist_id", "any"} & {*data} if isinstance(data, dict) else {"any"}
        if len(named) == 1:
            return {}
        if named:
            return self.refuse_both("therapist_id", "any")
        message = self.fields["therapist_id"].error_messages["required"]
        return {"therapist_id": [ErrorDetail(message, "required")]}


class BookingQuerySerializer(BookingSerializer):
    """The same, from the query string."""

    unknown = UnknownParameter

    def to_internal_value(self, data):
        repeated = [name for name in data if len(data.getlist(name)) > 1]
        if repeated:
            raise RepeatedField(repeated)
        return super().to_internal_value(data)


class BookSerializer(NamingSerializer):
    client_id = IdField(
        required=False,
        allow_null=True,
        help_text="The client's id. Staff and the therapist send it, or an address.",
    )
    client_email = AddressField(
        max_length=254, required=False, help_text=CLIENT_EMAIL_HELP
    )


class MoveSerializer(RequestSerializer):
    start = StartField(help_text=START_HELP)
    therapist_id = IdField(
        required=False,
        allow_null=True,
        help_text="The id of another therapist, to move it to their diary.",
    )


class InvitationCodeSerializer(RequestSerializer):
    """The code of an invitation."""

    code = CodeField()


class CancelSerializer(RequestSerializer):
    reason = serializers.ChoiceField(choices=CancellationReason.choices, required=False)
