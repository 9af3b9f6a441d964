"""What the OpenAPI document says about responses that refuse."""

from collections.abc import Sequence
from functools import cache

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError


def describe_refusals(
    operation_id: str, refusals: Sequence[type[APIException]]
) -> OpenApiResponse:
    """Describe the response with one or more refusals of one status."""
    [status] = {refusal.status_code for refusal in refusals}
    [kind] = {_get_type(refusal) for refusal in refusals}
    codes = frozenset(refusal.default_code for refusal in refusals)
    name = f"{_camel_case(operation_id)}{status}"
    if len(codes) <= 2:
        # Operations share a component that its codes can name.
        name = "Or".join(_camel_case(code) for code in sorted(codes))
    return _describe(name, (kind,), codes, refusals)


def describe_malformed(
    operation_id: str, refusals: Sequence[type[APIException]], codes: frozenset[str]
) -> OpenApiResponse:
    """Describe status 400, which has more codes than those of the refusals declared."""
    name = f"{_camel_case(operation_id)}400"
    return _describe(name, ("validation_error", "client_error"), codes, refusals)


def describe_codes(name: str, codes: frozenset[str]) -> OpenApiResponse:
    """Describe a response with codes that no class of ours declares."""
    return _describe(name, ("client_error",), codes, ())


def _describe(name, types, codes, refusals):
    sentences = dict.fromkeys(str(refusal.default_detail) for refusal in refusals)
    return OpenApiResponse(
        _get_body(name, types, codes),
        description=" ".join(sentences),
        examples=[_get_example(refusal) for refusal in refusals],
    )


def _get_example(refusal):
    error = {
        "code": refusal.default_code,
        "detail": str(refusal.default_detail),
        "attr": getattr(refusal, "field", None),
    }
    return OpenApiExample(
        refusal.__name__,
        {"type": _get_type(refusal), "errors": [error]},
        response_only=True,
        status_codes=[refusal.status_code],
    )


def _get_type(refusal):
    if issubclass(refusal, ValidationError):
        return "validation_error"
    return "client_error" if refusal.status_code < 500 else "server_error"


def _camel_case(name):
    return "".join(part.capitalize() for part in name.split("_"))


@cache
def _get_body(name, types, codes):
    error = _create_component(
        f"{name}Item",
        code=serializers.ChoiceField(choices=sorted(codes)),
        detail=serializers.CharField(help_text="For people, in English."),
        attr=serializers.CharField(
            allow_null=True, help_text="The field or parameter at fault."
        ),
    )
    labels = [(type, type.replace("_", " ").title()) for type in types]
    return _create_component(
        name, type=serializers.ChoiceField(choices=labels), errors=error(many=True)
    )


def _create_component(name, **fields):
    meta = type("Meta", (), {"ref_name": f"{name}ErrorComponent"})
    return type(name, (serializers.Serializer,), fields | {"Meta": meta})
