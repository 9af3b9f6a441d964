"""The OpenAPI document: what drf-spectacular cannot see by itself."""

from dataclasses import asdict
from functools import cache

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from drf_standardized_errors.formatter import flatten_errors
from drf_standardized_errors.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from booking.api.errors import DatabaseUnavailable, Overtaken, TooLarge

INVALID = ErrorDetail("Write it like 2027-06-06T12:41.", "invalid")

# Simple JWT's, and DRF's for a missing header.
UNAUTHENTICATED = {
    "not_authenticated",
    "authentication_failed",
    "bad_authorization_header",
    "token_not_valid",
    "user_not_found",
    "user_inactive",
    "password_changed",
}
MALFORMED = {"parse_error"}
OF_LISTS = {"unknown_parameter", "repeated", "invalid_cursor", "invalid"}


class Schema(AutoSchema):
    """Describes every refusal of an operation with all of its codes in one component."""

    def _get_http400_serializer(self):
        codes = set(MALFORMED)
        if self._is_list_view():
            codes |= OF_LISTS
        fields = self._determine_fields_with_error_codes()
        by_field = self._get_validation_error_codes_by_field(fields)
        codes.update(*by_field.values())
        # Codes that only Django's own form fields and DRF's own base fields declare.
        codes -= {"make_aware", "overflow", "date", "datetime", "invalid_list"}
        name = f"{_camel(self.get_operation_id())}Malformed"
        return _body(name, ("validation_error", "client_error"), frozenset(codes))

    def _should_add_error_response(self, responses, status_code):
        if status_code == "413":
            return self.method in ("POST", "PATCH")
        if status_code == "415":
            return self.method in ("POST", "PATCH") and status_code not in responses
        return super()._should_add_error_response(responses, status_code)

    def _get_parameters(self):
        parameters = super()._get_parameters()
        for one in parameters:
            if one["in"] == "path":
                one.setdefault("description", _which(one["name"]))
        return parameters

    def _get_error_response_examples(self):
        malformed = ValidationError({"start": [INVALID]})
        return [
            *super()._get_error_response_examples(),
            _example_of("Malformed", 400, "validation_error", malformed),
            _example_of("TooLarge", 413, "client_error", TooLarge()),
            _example_of("Unavailable", 503, "server_error", DatabaseUnavailable()),
        ]

    def _should_add_validation_error_response(self):
        return self._is_list_view() or super()._should_add_validation_error_response()

    def _get_error_response_serializer(self, status_code):
        if status_code == "503":
            codes = frozenset(
                {one.default_code for one in (DatabaseUnavailable, Overtaken)}
            )
            return _body("Unavailable", ("server_error",), codes)
        if status_code == "413":
            codes = frozenset({TooLarge.default_code})
            return _body("TooLarge", ("client_error",), codes)
        if status_code == "401":
            codes = frozenset(UNAUTHENTICATED)
            return _body("Unauthenticated", ("client_error",), codes)
        return super()._get_error_response_serializer(status_code)


def _which(name):
    """Say which row a part of the path names: `therapist_id`, or `id` alone."""
    owner = name.removesuffix("id").strip("_")
    return f"The id of the {owner}." if owner else "The id of the one that is meant."


def _example_of(name, status, kind, refusal):
    errors = [asdict(error) for error in flatten_errors(refusal.detail)]
    return OpenApiExample(
        name,
        {"type": kind, "errors": errors},
        response_only=True,
        status_codes=[str(status)],
    )


def _camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def refusals(name, *classes):
    """Describe an answer that carries one or more of these refusals."""
    kind = "client_error" if classes[0].status_code < 500 else "server_error"
    details = {one.default_code: str(one.default_detail) for one in classes}
    return OpenApiResponse(
        _body(name, (kind,), frozenset(details)),
        description=" ".join(details.values()),
        examples=[_example(kind, code, detail) for code, detail in details.items()],
    )


def _example(kind, code, detail):
    error = {"code": code, "detail": detail, "attr": None}
    return OpenApiExample(code, {"type": kind, "errors": [error]})


@cache
def _body(name, kinds, codes):
    def component(suffix, fields):
        meta = type("Meta", (), {"ref_name": f"{name}{suffix}ErrorComponent"})
        bases = (serializers.Serializer,)
        return type(f"{name}{suffix}", bases, fields | {"Meta": meta})

    error = component(
        "Item",
        {
            "code": serializers.ChoiceField(choices=sorted(codes)),
            "detail": serializers.CharField(help_text="For people, in English."),
            "attr": serializers.CharField(
                allow_null=True, help_text="The field or parameter it is about."
            ),
        },
    )
    return component(
        "",
        {
            "type": serializers.ChoiceField(
                choices=[(kind, kind.replace("_", " ").title()) for kind in kinds]
            ),
            "errors": error(many=True),
        },
    )


def documented(endpoints):
    """Choose the canonical form of the routes of this version.

    The same views answer with a trailing slash, and some at the root.
    """
    return [
        (path.rstrip("/"), *rest)
        for path, *rest in endpoints
        if path.startswith("/api/v1/")
    ]
