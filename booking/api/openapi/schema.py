"""The OpenAPI document: what drf-spectacular cannot see by itself."""

from inspect import isclass

from drf_standardized_errors.openapi import AutoSchema
from drf_standardized_errors.openapi_utils import (
    get_flat_serializer_fields,
    get_form_fields_with_error_codes,
    get_serializer_fields_with_error_codes,
)
from rest_framework.exceptions import APIException, ParseError

from booking.api.errors import DatabaseUnavailable, Overtaken, TooLarge
from booking.api.openapi.operations import HEADERS
from booking.api.openapi.responses import (
    describe_codes,
    describe_malformed,
    describe_refusals,
)

WRITES = ("POST", "PATCH")
# Codes without a class: Simple JWT's, and DRF's for a missing header.
UNAUTHENTICATED = frozenset(
    {
        "not_authenticated",
        "authentication_failed",
        "bad_authorization_header",
        "token_not_valid",
        "user_not_found",
        "user_inactive",
        "password_changed",
    }
)
# Codes of DRF's and Django's base fields that no field here can raise.
IMPOSSIBLE = frozenset({"make_aware", "overflow", "date", "datetime", "invalid_list"})


class Schema(AutoSchema):
    """Describes the refusals of an operation: one response per status, with all codes."""

    @property
    def refusals(self) -> list[type[APIException]]:
        """The refusals that the handler declares, and those that any handler may have."""
        action = getattr(self.view, "action", None) or self.method.lower()
        refusals = [*getattr(getattr(self.view, action), "refusals", ())]
        if self._is_list_view():
            refusals += self.view.pagination_class.refusals
        if self.method in WRITES:
            refusals.append(TooLarge)
        return [*refusals, DatabaseUnavailable, Overtaken]

    def get_override_parameters(self):
        headers = [HEADERS[one] for one in self.refusals if one in HEADERS]
        return super().get_override_parameters() + headers

    def _get_parameters(self):
        parameters = super()._get_parameters()
        for one in parameters:
            if one["in"] == "path":
                one.setdefault("description", _describe_id(one["name"]))
        return parameters

    def _get_allowed_error_status_codes(self):
        declared = [str(one.status_code) for one in self.refusals]
        return [*dict.fromkeys([*super()._get_allowed_error_status_codes(), *declared])]

    def _should_add_error_response(self, responses, status_code):
        if status_code in responses:
            return False
        if status_code == "415":
            return self.method in WRITES
        return bool(
            self._select_refusals(status_code)
        ) or super()._should_add_error_response(responses, status_code)

    def _should_add_validation_error_response(self):
        return self._is_list_view() or super()._should_add_validation_error_response()

    def _get_error_response_serializer(self, status_code):
        refusals = self._select_refusals(status_code)
        if status_code == "400":
            refusals.append(ParseError)
            codes = self._get_400_codes()
            return describe_malformed(self.get_operation_id(), refusals, codes)
        if refusals:
            return describe_refusals(self.get_operation_id(), refusals)
        if status_code == "401":
            return describe_codes("Unauthenticated", UNAUTHENTICATED)
        return super()._get_error_response_serializer(status_code)

    def _select_refusals(self, status_code):
        return [one for one in self.refusals if str(one.status_code) == status_code]

    def _get_400_codes(self):
        by_field = self._get_validation_error_codes_by_field(
            self._determine_fields_with_error_codes()
        )
        codes = {ParseError.default_code}.union(*by_field.values())
        codes.update(one.default_code for one in self._select_refusals("400"))
        for serializer in self._get_request_serializers():
            codes.update(getattr(serializer, "get_constraint_codes", set)())
        for form in self._get_filter_forms():
            codes.update(form.error_messages)
        return frozenset(codes - IMPOSSIBLE)

    def _determine_fields_with_error_codes(self):
        fields = [
            field
            for serializer in self._get_request_serializers()
            for field in get_serializer_fields_with_error_codes(
                get_flat_serializer_fields(serializer)
            )
        ]
        for form in self._get_filter_forms():
            fields += get_form_fields_with_error_codes(form)
        return fields

    def _get_request_serializers(self):
        """Return the serializers that read the body or the query."""
        serializers = [one for one in self.get_override_parameters() if isclass(one)]
        if self.method in WRITES:
            serializers.append(self.get_request_serializer())
        return serializers

    def _get_filter_forms(self):
        if not self.get_filter_backends():
            return []
        return [self.view.filterset_class.form_class()()]


def _describe_id(name):
    """Say what a part of the path identifies: `therapist_id`, or `id` alone."""
    owner = name.removesuffix("id").strip("_")
    return f"The {owner}'s id." if owner else "The id."


def select_canonical_routes(endpoints):
    """Document the routes of this version, without a trailing slash.

    The same views also answer with a trailing slash, and some of them at the root.
    """
    return [
        (path.rstrip("/"), *rest)
        for path, *rest in endpoints
        if path.startswith("/api/v1/")
    ]
