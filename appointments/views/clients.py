from contextlib import contextmanager

from django.db import transaction
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response

from accounts.errors import AddressTaken
from accounts.models import User
from appointments.errors import OperationNotAllowed
from appointments.filters.clients import ClientFilterSet
from appointments.models.statuses import Role
from appointments.openapi import clients as openapi
from appointments.reads import log_reads
from appointments.serializers.appointments import AppointmentSerializer
from appointments.serializers.clients import (
    CancelAllSerializer,
    ClientSerializer,
    MergedSerializer,
    MergeSerializer,
)
from appointments.services.cancel_all import (
    cancel_all,
    get_version,
    preview_cancel_all,
)
from appointments.services.merge import merge, preview_merge
from booking.api.conditional import add_etag, get_precondition
from booking.api.errors import violations_as
from booking.api.idempotency import idempotent
from booking.audit import set_actor_of_transaction

CANCEL_ALL = CancelAllSerializer()
MERGE = MergeSerializer()


class StaffMayView(BasePermission):
    """Hides clients from users who may not view them."""

    def has_permission(self, request, view):
        if not request.user.has_right("accounts.view_client"):
            raise NotFound
        return True


class ClientViewSet(viewsets.ModelViewSet):
    """Clients of the practice, for staff.

    Therapists and staff who ever had an appointment as a client are among them.
    """

    http_method_names = ["get", "post", "patch", "head", "options"]
    # For the OpenAPI document; `get_queryset` has the rows.
    queryset = User.objects.none()
    serializer_class = ClientSerializer
    filterset_class = ClientFilterSet
    permission_classes = (IsAuthenticated, StaffMayView)
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("name", "id")

    def get_queryset(self):
        return User.objects.clients_ever()

    @openapi.list_clients
    def list(self, request):
        response = super().list(request)
        self._log_reads(response.data["results"])
        return response

    @openapi.show_client
    def retrieve(self, request, pk):
        response = super().retrieve(request, pk=pk)
        self._log_reads([response.data])
        return response

    def _log_reads(self, clients):
        log_reads(self.request.user, [client["id"] for client in clients])

    @openapi.add_client
    @idempotent
    def create(self, request):
        if not request.user.has_right("accounts.add_client"):
            raise OperationNotAllowed
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = dict(serializer.validated_data)
        with self._write():
            client = User.objects.create_user(fields.pop("email", None), **fields)
        return Response(self.get_serializer(client).data, status=201)

    @openapi.change_client
    @idempotent
    def partial_update(self, request, pk):
        client = self.get_object()
        if not request.user.may_change(client):
            raise OperationNotAllowed
        serializer = self.get_serializer(client, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        with self._write():
            serializer.save()
        return Response(serializer.data)

    @contextmanager
    def _write(self):
        with violations_as([AddressTaken]), transaction.atomic():
            set_actor_of_transaction(self.request.user, Role.PRACTICE)
            yield

    @openapi.cancel_all
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel_all(self, request, pk):
        fields = CANCEL_ALL.run_validation(request.data)
        people = {"user": request.user, "client_id": int(pk)}
        if previews := fields.pop("preview", False):
            rows = preview_cancel_all(**people)
            log_reads(request.user, [row.client_id for row in rows])
        else:
            precondition = get_precondition(request)
            rows = cancel_all(**people, precondition=precondition, **fields)
        response = Response(_represent(rows, previews))
        return add_etag(response, get_version(rows)) if previews else response

    @openapi.merge
    @action(detail=True, methods=["post"])
    @idempotent
    def merge(self, request, pk):
        fields = MERGE.run_validation(request.data)
        previews = fields.get("preview", False)
        operation = preview_merge if previews else merge
        merged = operation(user=request.user, client_id=int(pk), into=fields["into"])
        if previews:
            log_reads(request.user, [int(pk), merged.client.pk])
        body = merged._asdict() | {"preview": previews}
        return Response(MergedSerializer(body).data)


def _represent(rows, previews):
    return {
        "preview": previews,
        "appointments": AppointmentSerializer(rows, many=True).data,
        "series": sorted({row.series_id for row in rows if row.series_id}),
    }
