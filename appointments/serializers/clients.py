"""Requests and responses about a client of the practice."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.codes import announce_new_address
from accounts.fields import AddressField, PhoneField
from accounts.models import User
from accounts.serializers.account import update_fields
from appointments.serializers.appointment_requests import CancelSerializer
from appointments.serializers.appointments import AppointmentSerializer
from booking.api.fields import IdField
from booking.api.serializers import RefusesUnknownFields, RequestSerializer


# Generated clients have a `Client` of their own.
@extend_schema_serializer(component_name="PracticeClient")
class ClientSerializer(RefusesUnknownFields, serializers.ModelSerializer):
    """A client, as staff see and change them."""

    default_error_messages = {"address_kept": "Enter the new address."}
    # Declared without the look-up for uniqueness: the constraint decides.
    email = AddressField(
        required=False,
        allow_null=True,
        max_length=254,
        help_text="A client without an address cannot sign in.",
    )
    phone = PhoneField(required=False, allow_null=True)

    class Meta:
        model = User
        read_only_fields = ["id", "is_active", "date_joined", "email_bounced_at"]
        fields = [*read_only_fields, "name", "email", "phone", "time_zone", "language"]
        extra_kwargs = {"name": {"required": True, "allow_blank": False}}

    def validate_email(self, email):
        if email is None and self.instance is not None and self.instance.email:
            # It would lock the client out.
            self.fail("address_kept")
        return email

    def update(self, client, changed):
        former = client.email
        is_new = changed.get("email", former) != former
        if is_new:
            changed |= {"verified_at": None, "email_bounced_at": None}
        update_fields(client, changed)
        if is_new:
            announce_new_address(client, former)
        return client


class CancelAllSerializer(CancelSerializer):
    preview = serializers.BooleanField(
        required=False, help_text="Only show what would be cancelled."
    )


class CancelledSerializer(serializers.Serializer):
    """The appointments that were cancelled, or would be."""

    preview = serializers.BooleanField(help_text="Whether nothing was cancelled.")
    appointments = AppointmentSerializer(many=True)
    series = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="The ids of the series that have dates among them.",
    )


class MergeSerializer(RequestSerializer):
    into = IdField(
        help_text="The id of the client who gets the appointments and series."
    )
    preview = serializers.BooleanField(
        required=False, help_text="Only show what would be merged."
    )


class MergedSerializer(serializers.Serializer):
    """The client after the merge, and what came from the other."""

    preview = serializers.BooleanField(help_text="Whether nothing was merged.")
    client = ClientSerializer()
    appointments = serializers.IntegerField(
        help_text="How many appointments the client gets, past and cancelled ones too."
    )
    upcoming = serializers.IntegerField(
        help_text="How many of these are booked or held, and still ahead."
    )
    series = serializers.IntegerField(help_text="How many series the client gets.")
