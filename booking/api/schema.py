"""The OpenAPI document: what drf-spectacular cannot see by itself."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, inline_serializer
from drf_standardized_errors.openapi import AutoSchema
from rest_framework import serializers


class Schema(AutoSchema):
    """Adds to every operation that the database may be out of reach."""


def errors(name, *refusals):
    """Describe an answer that carries one or more of these refusals, with examples."""
    status = refusals[0].status_code
    kind = "client_error" if status < 500 else "server_error"
    codes = sorted({refusal.default_code for refusal in refusals})
    error = inline_serializer(
        f"{name}Error",
        {
            "code": serializers.ChoiceField(choices=codes),
            "detail": serializers.CharField(),
            "attr": serializers.CharField(allow_null=True),
        },
        many=True,
    )
    return OpenApiResponse(
        inline_serializer(
            name,
            {"type": serializers.ChoiceField(choices=[kind]), "errors": error},
        ),
        description=" ".join(sorted({str(r.default_detail) for r in refusals})),
        examples=[
            OpenApiExample(
                refusal.__name__,
                {
                    "type": kind,
                    "errors": [
                        {
                            "code": refusal.default_code,
                            "detail": str(refusal.default_detail),
                            "attr": None,
                        }
                    ],
                },
                response_only=True,
                status_codes=[str(status)],
            )
            for refusal in refusals
        ],
    )


def without_trailing_slash(endpoints):
    """Document the canonical form of a route; both forms are answered."""
    return [(path.rstrip("/") or "/", *rest) for path, *rest in endpoints]
