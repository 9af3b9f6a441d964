"""Settings of the OpenAPI document as a whole."""

from booking import __version__
from booking.api.openapi.tags import list_tags

SPECTACULAR_SETTINGS = {
    "TITLE": "Booking",
    "VERSION": __version__,
    "DESCRIPTION": "Appointments with therapists. Times are sent in UTC. A time "
    "without an offset is read in the practice's time zone. A filter without a value "
    "is ignored, and what an operation does not read is refused. Staff get 404 for what "
    "they may not view, and 403 for what they may view and not change. Sign in, then send "
    "`Authorization: Bearer <access>`. The original names of four operations "
    "(`register`, `login`, `get_appointments`, `add_appointment`) work at the root of the "
    "server too.",
    "OAS_VERSION": "3.1.0",
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "SERVERS": [{"url": "/", "description": "This server"}],
    "TAGS": list_tags(),
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
    "SORT_OPERATIONS": "booking.api.openapi.routes.sort_operations",
    "PREPROCESSING_HOOKS": ["booking.api.openapi.routes.select_canonical_routes"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "booking.api.openapi.enumerations.inline_null",
    ],
    "WEBHOOKS": ["notifications.openapi.webhooks.EVENTS"],
    "ENUM_NAME_OVERRIDES": {
        "DeliveryStatus": "notifications.models.DeliveryStatus",
        "EventType": "notifications.models.EventType",
        "AccountRole": ["client", "therapist", "staff"],
        "BookingMode": "therapists.models.BookingMode",
        "Language": "accounts.models.get_languages",
        "FeedKind": "notifications.models.FeedKind",
        "FeedNames": "notifications.models.FeedNames",
        "HistoryAction": "appointments.serializers.history.ACTIONS",
        "OnConflict": ["refuse", "skip"],
        "SpecialismsMatch": ["any", "all"],
        "Weekday": "therapists.schedule.Weekday",
        "ErrorType": "booking.api.openapi.responses.TYPES",
        "AppointmentType": "therapists.models.AppointmentType",
        "AppointmentStatus": "appointments.models.statuses.Status",
        "Role": "appointments.models.statuses.Role",
        "CancellationReason": "appointments.models.statuses.CancellationReason",
    },
}
