from rest_framework import serializers

from accounts.models import Session
from accounts.tokens import SESSION_CLAIM


class SessionSerializer(serializers.ModelSerializer):
    """A sign-in, which goes on until it expires or is ended."""

    is_current = serializers.SerializerMethodField(
        help_text="Whether this request belongs to it."
    )

    class Meta:
        model = Session
        fields = [
            "id",
            "started_at",
            "used_at",
            "expires_at",
            "address",
            "is_current",
        ]

    def get_is_current(self, session) -> bool:
        return session.pk == self.context["request"].auth.get(SESSION_CLAIM)
