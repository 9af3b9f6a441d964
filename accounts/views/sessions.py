"""The sessions of a user."""

from rest_framework import viewsets
from rest_framework.mixins import DestroyModelMixin, ListModelMixin

from accounts.models import Session
from accounts.openapi import sessions as openapi
from accounts.serializers.sessions import SessionSerializer
from booking.api.filters import StrictFilterSet
from booking.api.serializers import EmptySerializer


class SessionViewSet(ListModelMixin, DestroyModelMixin, viewsets.GenericViewSet):
    """The sessions of the user, of which each is a sign-in."""

    queryset = Session.objects.none()
    serializer_class = SessionSerializer
    filterset_class = StrictFilterSet
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("-used_at", "-id")

    def get_queryset(self):
        return self.request.user.sessions.unexpired()

    @openapi.list_sessions
    def list(self, request):
        return super().list(request)

    @openapi.end_session
    def destroy(self, request, pk):
        EmptySerializer().run_validation(request.data)
        return super().destroy(request, pk=pk)
