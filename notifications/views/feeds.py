import hashlib

from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response
from rest_framework import generics, viewsets
from rest_framework.mixins import DestroyModelMixin, ListModelMixin
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts.throttling import SearchThrottle
from appointments.reads import log_reads
from booking.api.filters import StrictFilterSet
from booking.api.serializers import EmptySerializer
from notifications.calendars import list_clients, make_feed, shows_clients
from notifications.feeds import add_feed, find_feed
from notifications.models import Feed
from notifications.openapi import feeds as openapi
from notifications.serializers.feeds import (
    FeedRequestSerializer,
    FeedSerializer,
    FeedWithAddressSerializer,
)

FEED_REQUEST = FeedRequestSerializer()


class FeedViewSet(ListModelMixin, DestroyModelMixin, viewsets.GenericViewSet):
    """The feeds of the user."""

    queryset = Feed.objects.none()
    serializer_class = FeedSerializer
    filterset_class = StrictFilterSet
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("created_at", "id")

    def get_queryset(self):
        return self.request.user.feeds.all()

    @openapi.list_feeds
    def list(self, request):
        return super().list(request)

    # Not idempotent: a stored response would hold an address that works.
    @openapi.add_feed
    def create(self, request):
        fields = FEED_REQUEST.run_validation(request.data)
        feed, url = add_feed(request.user, **fields)
        feed.url = url
        return Response(FeedWithAddressSerializer(feed).data, status=201)

    @openapi.delete_feed
    def destroy(self, request, pk):
        EmptySerializer().run_validation(request.data)
        return super().destroy(request, pk=pk)


class CalendarView(generics.GenericAPIView):
    """The calendar itself, for whoever has the address. It is no part of the API."""

    schema = None
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (SearchThrottle,)

    def get(self, request, file):
        feed = find_feed(file.removesuffix(".ics"))
        if feed is None:
            raise Http404
        if shows_clients(feed):
            log_reads(feed.user, list_clients(feed))
        with translation.override(feed.user.language):
            content = make_feed(feed)
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        response["Cache-Control"] = "private, max-age=300"
        return get_conditional_response(request, etag=etag, response=response)
