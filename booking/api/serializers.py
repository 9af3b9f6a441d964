from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class ModelRulesSerializer(serializers.ModelSerializer):
    """Reports what the model refuses, constraints included, with the model's codes."""

    def validate(self, attrs):
        row = self.Meta.model(**self._kept() | attrs)
        row.pk = self.instance and self.instance.pk
        row._state.adding = self.instance is None
        try:
            row.full_clean()
        except DjangoValidationError as error:
            raise serializers.ValidationError(_details(error)) from error
        return attrs

    def _kept(self):
        """What the request leaves as it is, and what the view knows."""
        if self.instance is None:
            return self.context["row"]
        fields = self.instance._meta.concrete_fields
        return {one.attname: getattr(self.instance, one.attname) for one in fields}


def _details(error):
    return {
        "non_field_errors" if field == "__all__" else field: [
            ErrorDetail(message, one.code) for one in errors for message in one.messages
        ]
        for field, errors in error.error_dict.items()
    }
