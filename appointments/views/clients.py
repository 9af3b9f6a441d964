from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import User
from appointments.openapi import clients as openapi
from appointments.reads import log_reads
from appointments.serializers.appointments import AppointmentSerializer
from appointments.serializers.clients import CancelAllSerializer
from appointments.services.cancel_all import (
    cancel_all,
    get_version,
    preview_cancel_all,
)
from booking.api.conditional import add_etag, get_precondition
from booking.api.idempotency import idempotent

CANCEL_ALL = CancelAllSerializer()


class ClientViewSet(viewsets.GenericViewSet):
    """Clients of the practice, for staff."""

    queryset = User.objects.none()
    serializer_class = CancelAllSerializer
    lookup_value_regex = "[0-9]{1,18}"

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


def _represent(rows, previews):
    return {
        "preview": previews,
        "appointments": AppointmentSerializer(rows, many=True).data,
        "series": sorted({row.series_id for row in rows if row.series_id}),
    }
