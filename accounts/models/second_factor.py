"""A proof that a user needs besides the password to sign in."""

from django.db import models

from accounts.models.user import User
from accounts.security_log import SECOND_FACTOR_TRIGGERS


class SecondFactorQuerySet(models.QuerySet):
    def confirmed(self):
        """Only those that count: a code has shown that its owner can use it."""
        return self.filter(confirmed_at__isnull=False)

    def pending(self):
        return self.filter(confirmed_at=None)


class SecondFactor(models.Model):
    """An authenticator app, which makes a new code every 30 seconds (TOTP, RFC 6238)."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="second_factors"
    )
    name = models.CharField(max_length=50, default="Authenticator app")
    secret = models.TextField(help_text="Encrypted by a key made of SECRET_KEY.")
    last_step = models.BigIntegerField(
        default=0, help_text="The 30 seconds of the last code that was used."
    )
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(
        null=True, help_text="Empty until its owner has sent a code of it."
    )
    used_at = models.DateTimeField(null=True)

    objects = SecondFactorQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        triggers = SECOND_FACTOR_TRIGGERS
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(confirmed_at=None),
                name="second_factor_one_pending",
            )
        ]

    def __str__(self):
        return f"{self.name} of {self.user_id}"


class RecoveryCode(models.Model):
    """A code that signs in once in place of an app's. Only its hash is stored."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="recovery_codes", db_index=False
    )
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "digest"], name="recovery_code_once_for_each_user"
            )
        ]

    def __str__(self):
        return f"Recovery code of {self.user_id}"
