from functools import cache
from operator import attrgetter

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class RowSerializer(serializers.Serializer):
    """A response made from a named tuple: each field shows the column of its name.

    A nested serializer, such as `client`, takes the columns that start with its name,
    such as `client_name`. It is null if `client_id` is null. The `initial` value of a
    field is its example in the OpenAPI document.
    """

    def to_representation(self, row):
        return _get_represent(type(self))(row)


@cache
def _get_represent(serializer_class, prefix=""):
    # Composed once per class, because DRF's own work for each field of each row would
    # take longer than the rest of a request for 50 rows.
    fields = serializer_class._declared_fields
    nested = {
        name: _get_represent(type(field), f"{prefix}{name}_")
        for name, field in fields.items()
        if isinstance(field, RowSerializer)
    }
    columns = [f"{name}_id" if name in nested else name for name in fields]
    get_values = attrgetter(*(prefix + column for column in columns))

    def represent(row):
        values = dict(zip(fields, get_values(row), strict=True))
        for name, represent_nested in nested.items():
            if values[name] is not None:
                values[name] = represent_nested(row)
        return values

    return represent


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
