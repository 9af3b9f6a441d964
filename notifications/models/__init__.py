"""Changes to be told, messages to people, feeds, and endpoints of other systems."""

from notifications.models.change import AppointmentEvent, Change, SeriesEvent
from notifications.models.delivery import Channel, Delivery, DeliveryStatus, Kind
from notifications.models.feed import Feed, FeedKind, FeedNames
from notifications.models.webhook import EventType, Webhook, WebhookDelivery

__all__ = [
    "AppointmentEvent",
    "Change",
    "Channel",
    "Delivery",
    "DeliveryStatus",
    "EventType",
    "Feed",
    "FeedKind",
    "FeedNames",
    "Kind",
    "SeriesEvent",
    "Webhook",
    "WebhookDelivery",
]
