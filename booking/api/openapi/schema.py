"""The OpenAPI document: what drf-spectacular cannot see by itself."""

from inspect import isclass

from drf_spectacular.plumbing import ResolvedComponent, build_media_type_object
from drf_standardized_errors.openapi import AutoSchema
from drf_standardized_errors.openapi_utils import (
    get_flat_serializer_fields,
    get_form_fields_with_error_codes,
    get_serializer_fields_with_error_codes,
)
from rest_framework.exceptions import (
    APIException,
    MethodNotAllowed,
    NotFound,
    ParseError,
    PermissionDenied,
    UnsupportedMediaType,
)

from booking.api.errors import (
    UNAUTHENTICATED,
    BodyIncomplete,
    LengthRequired,
    RepeatedField,
    SecondFactorRequired,
    TooLarge,
    TooManyRequests,
    UnknownField,
    UnknownParameter,
)
from booking.api.openapi import responses
from booking.api.openapi.operations import HEADERS
from booking.api.openapi.routes import is_original, name_original
from booking.api.openapi.tags import get_tag
from booking.api.serializers import EmptySerializer, RequestSerializer
from booking.api.unavailable import UNAVAILABLE

# The refusals of a body that could not be read whole.
UNREAD_BODY = (BodyIncomplete, LengthRequired, TooLarge)
WRITES = ("POST", "PATCH")
# A body without fields is all that the last accepts, unless its serializer is named.
BODIES = (*WRITES, "DELETE")
# The refusals of a status for which the handler declares none.
DEFAULTS = {
    "401": UNAUTHENTICATED,
    "403": (PermissionDenied,),
    "404": (NotFound,),
    "405": (MethodNotAllowed,),
    "415": (UnsupportedMediaType,),
    "429": (TooManyRequests,),
}
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
        if self.method in BODIES:
            refusals += [UnknownField, RepeatedField, *UNREAD_BODY]
        if self.view.get_authenticators() and not hasattr(
            self.view, "serves_enrolment"
        ):
            refusals.append(SecondFactorRequired)
        return [*refusals, UnknownParameter, *UNAVAILABLE]

    def get_operation(self, path, *args, **kwargs):
        operation = super().get_operation(path, *args, **kwargs)
        if operation and is_original(path):
            # The handler is described under its path of today.
            operation["operationId"] = name_original(path)
        return operation

    def get_tags(self):
        return [get_tag(self.path)]

    def _map_basic_serializer(self, serializer, direction):
        schema = super()._map_basic_serializer(serializer, direction)
        if direction == "request" and schema.get("properties"):
            schema["additionalProperties"] = False
        return schema

    def _get_request_body(self, direction="request"):
        """Describe the body of a DELETE too, if it has one."""
        if self.method != "DELETE":
            return super()._get_request_body(direction)
        serializer = self._get_serializer_of_delete()
        if serializer is EmptySerializer:
            return None
        kind = "application/json"
        schema, _ = self._get_request_for_media_type(serializer, direction)
        examples = self._get_examples(serializer, direction, kind)
        content = {kind: build_media_type_object(schema, examples)}
        return {"content": content, "required": True}

    def _get_serializer_of_delete(self):
        # drf-spectacular takes that of the rows unless another is named.
        named = self.get_request_serializer()
        return (
            named
            if isclass(named) and issubclass(named, RequestSerializer)
            else EmptySerializer
        )

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
            return self.method in BODIES
        return bool(
            self._select_refusals(status_code)
        ) or super()._should_add_error_response(responses, status_code)

    def _should_add_http429_error_response(self):
        return any(one.limits(self.method) for one in self.view.get_throttles())

    def _get_response_bodies(self, direction="response"):
        return dict(sorted(super()._get_response_bodies(direction).items()))

    def _get_error_response_serializer(self, status_code):
        """Return the refusals of a status, and the codes that no class declares."""
        refusals = self._select_refusals(status_code)
        if status_code == "400":
            refusals = (*refusals, ParseError)
            declared = {refusal.default_code for refusal in refusals}
            return refusals, self._get_400_codes() - declared
        if refusals == [SecondFactorRequired] and super()._should_add_error_response(
            {}, status_code
        ):
            # The view has permissions besides.
            refusals = [PermissionDenied, *refusals]
        return tuple(dict.fromkeys(refusals or DEFAULTS[status_code])), ()

    def _get_response_for_code(self, serializer, status_code, *args, **kwargs):
        if isinstance(serializer, tuple):
            return self._describe_status(*serializer)
        response = super()._get_response_for_code(
            serializer, status_code, *args, **kwargs
        )
        if refusals := self._select_refusals(status_code):
            # A refusal with a body of its own.
            response["description"] += "\n" + responses.list_codes(refusals, ())
        return response

    def _describe_status(self, refusals, codes):
        response = self._describe_refusals(refusals, codes)
        name = None if codes else responses.name_shared_response(refusals)
        if name is None:
            return response
        return self._share(ResolvedComponent.RESPONSE, name, response, name)

    def _describe_refusals(self, refusals, codes):
        body = self.resolve_serializer(responses.ErrorResponseSerializer, "response")
        examples = {
            refusal.__name__: self._share(
                ResolvedComponent.EXAMPLE,
                refusal.__name__,
                {"value": responses.get_example(refusal)},
                refusal,
            )
            for refusal in refusals
        }
        content = {"schema": body.ref, "examples": examples}
        description = {
            "description": responses.list_codes(refusals, codes),
            "content": {"application/json": content},
        }
        if any(issubclass(refusal, TooManyRequests) for refusal in refusals):
            description["headers"] = responses.RETRY_AFTER
        return description

    def _share(self, kind, name, value, identity):
        """Make a component of what several operations have, and refer to it."""
        component = ResolvedComponent(name, kind, value, identity)
        self.registry.register_on_missing(component)
        return component.ref

    def _select_refusals(self, status_code):
        return [one for one in self.refusals if str(one.status_code) == status_code]

    def _get_400_codes(self):
        by_field = self._get_validation_error_codes_by_field(
            self._determine_fields_with_error_codes()
        )
        codes = set().union(*by_field.values())
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
        elif self.method in BODIES:
            serializers.append(self._get_serializer_of_delete())
        return serializers

    def _get_filter_forms(self):
        if not self.get_filter_backends():
            return []
        return [self.view.filterset_class.form_class()()]


def _describe_id(name):
    """Say what a part of the path identifies: `therapist_id`, or `id` alone."""
    owner = name.removesuffix("id").strip("_")
    return f"The {owner}'s id." if owner else "The id."
