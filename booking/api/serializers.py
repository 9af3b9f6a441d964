from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class FullCleanSerializer(serializers.ModelSerializer):
    """Validates by the model's `full_clean`, constraints included, with its codes."""

    def validate(self, attrs):
        row = self.Meta.model(**self._get_other_values() | attrs)
        row.pk = self.instance and self.instance.pk
        row._state.adding = self.instance is None
        try:
            row.full_clean()
        except DjangoValidationError as error:
            raise serializers.ValidationError(_details(error)) from error
        return attrs

    def _get_other_values(self):
        """Return the values that are not in the request: the row's, or the view's."""
        if self.instance is None:
            return self.context["row"]
        fields = self.instance._meta.concrete_fields
        return {f.attname: getattr(self.instance, f.attname) for f in fields}


def _details(error):
    return {
        "non_field_errors" if field == "__all__" else field: [
            ErrorDetail(text, item.code) for item in errors for text in item.messages
        ]
        for field, errors in error.error_dict.items()
    }
