"""Codes that prove who reads an address, and messages about accounts that are to be sent."""

from django.db import models

from accounts.addresses import AddressField
from accounts.models.user import User
from booking.time_zones import format_moment


class Purpose(models.TextChoices):
    VERIFY = "verify", "verify the address"
    RESET = "reset", "set a new password"
    EMAIL = "email", "change the address"
    SIGN_IN = "sign_in", "sign in without a password"


class Code(models.Model):
    """The only code of an account that works for a purpose. Its digits are not stored."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="codes", db_index=False
    )
    purpose = models.CharField(max_length=10, choices=Purpose)
    digest = models.CharField(
        max_length=64, blank=True, help_text="Empty until a mail has the digits."
    )
    new_email = AddressField(
        null=True, help_text="The address to change to. Its reader gets the digits."
    )
    expires_at = models.DateTimeField(db_index=True)
    guesses_left = models.PositiveSmallIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], name="code_one_for_each_purpose"
            ),
            models.CheckConstraint(
                condition=models.Q(purpose=Purpose.EMAIL, new_email__isnull=False)
                | ~models.Q(purpose=Purpose.EMAIL) & models.Q(new_email=None),
                name="code_has_the_address_to_change_to",
            ),
        ]

    def __str__(self):
        return (
            f"{self.user_id} to {self.purpose} until {format_moment(self.expires_at)}"
        )


class MessageKind(models.TextChoices):
    VERIFY = "verify", "a code that verifies the address"
    SIGN_IN = "verify.sign_in", "a code that signs in without a password"
    EXISTS = "exists", "somebody tried to register this address"
    RESET = "reset", "a code for a new password"
    CHANGED = "changed", "the password was changed"
    CHANGED_ADDRESS = "changed.address", "the address was changed"
    FACTOR_ADDED = "changed.factor_added", "a second factor was added"
    FACTOR_REMOVED = "changed.factor_removed", "a second factor was removed"


class AccountMessage(models.Model):
    """A message to the owner of an account, until a worker takes it up."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=30, choices=MessageKind)
    address = AddressField(
        null=True, help_text="Another address than the account's, to which it goes."
    )

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.kind} to {self.user_id}"
