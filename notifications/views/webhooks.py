from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response

from booking.api.filters import StrictFilterSet
from booking.api.idempotency import idempotent
from booking.api.serializers import EmptySerializer
from notifications.models import Webhook
from notifications.openapi import webhooks as openapi
from notifications.serializers.webhooks import (
    ReplayedSerializer,
    ReplaySerializer,
    SecretSerializer,
    WebhookDeliverySerializer,
    WebhookSerializer,
    WebhookWithSecretSerializer,
)
from notifications.webhooks import endpoints

EMPTY, REPLAY = EmptySerializer(), ReplaySerializer()
# The right that staff need for an action that changes something.
RIGHTS = {"create": "add", "destroy": "delete"}
READING = {"list", "retrieve", "deliveries"}


class StaffMay(BasePermission):
    """Hides endpoints from users who may not view them, and asks for the right to act."""

    def has_permission(self, request, view):
        if not request.user.has_right("notifications.view_webhook"):
            raise NotFound
        verb = RIGHTS.get(view.action, "change")
        if view.action not in READING and not request.user.has_right(
            f"notifications.{verb}_webhook"
        ):
            raise PermissionDenied
        return True


class WebhookViewSet(viewsets.ModelViewSet):
    """Endpoints of other systems, for staff."""

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    queryset = Webhook.objects.all()
    serializer_class = WebhookSerializer
    filterset_class = StrictFilterSet
    permission_classes = (IsAuthenticated, StaffMay)
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("created_at", "id")

    @openapi.list_webhooks
    def list(self, request):
        return super().list(request)

    @openapi.show_webhook
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)

    # Not idempotent: a stored response would hold a secret that works.
    @openapi.add_webhook
    def create(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = {"is_active": True} | serializer.validated_data
        webhook, webhook.secret = endpoints.add_webhook(**fields)
        return Response(WebhookWithSecretSerializer(webhook).data, status=201)

    @openapi.change_webhook
    def partial_update(self, request, pk):
        return super().partial_update(request, pk=pk)

    @openapi.delete_webhook
    def destroy(self, request, pk):
        EMPTY.run_validation(request.data)
        return super().destroy(request, pk=pk)

    # Not idempotent: a stored response would hold a secret that works.
    @openapi.rotate
    @action(detail=True, methods=["post"])
    def rotate(self, request, pk):
        EMPTY.run_validation(request.data)
        secret = endpoints.rotate(self.get_object())
        return Response(SecretSerializer({"secret": secret}).data)

    @openapi.list_deliveries
    @action(detail=True, ordering=("-created_at", "-id"))
    def deliveries(self, request, pk):
        rows = self.filter_queryset(self.get_object().deliveries.all())
        page = self.paginate_queryset(rows)
        serializer = WebhookDeliverySerializer(page, many=True)
        return self.get_paginated_response(serializer.data)

    @openapi.replay
    @action(detail=True, methods=["post"])
    @idempotent
    def replay(self, request, pk):
        fields = REPLAY.run_validation(request.data)
        count = endpoints.replay(self.get_object(), **fields)
        return Response(ReplayedSerializer({"count": count}).data, status=202)
