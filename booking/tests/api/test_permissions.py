"""The permissions of every role, for every route and method."""

import re

import pytest
from django.db import transaction
from django.urls import get_resolver
from django.urls.resolvers import URLPattern
from rest_framework_simplejwt.tokens import AccessToken

from accounts.second_factors import begin
from accounts.sessions import start_session
from accounts.tests.factories import UserFactory
from accounts.tokens import SESSION_CLAIM
from appointments.tests.factories import AppointmentFactory, SeriesFactory
from booking.api.health import CHECKS
from notifications.feeds import add_feed
from notifications.webhooks.endpoints import add_webhook
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    SpecialismFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

ROLES = (
    "anonymous",
    "deactivated",
    "client",
    "stranger",
    "therapist",
    "front_desk",
    "manager",
    "auditor",
    "staff_without_rights",
)


def row(anonymous, client, stranger, therapist, front_desk, manager, auditor, without):
    """A deactivated account is as good as none."""
    staff = (front_desk, manager, auditor, without)
    return (anonymous, 401, client, stranger, therapist, *staff)


ANYONE = (200,) * 9
# Anyone, but a token that is sent must be valid.
ANYONE_CHECKED = row(200, 200, 200, 200, 200, 200, 200, 200)
SIGNED_IN = row(401, 200, 200, 200, 200, 200, 200, 200)
# Bodies are empty on purpose: 400 means that the role may use the route, or that only
# the body tells whether it may.
LET_THROUGH = (400,) * 9
LET_THROUGH_SIGNED_IN = row(401, 400, 400, 400, 400, 400, 400, 400)
OWN = row(401, 200, 404, 200, 200, 200, 200, 404)
OWN_CHANGED = row(401, 200, 404, 200, 200, 200, 403, 404)
CONCLUDED = row(401, 403, 404, 409, 409, 409, 403, 404)
DIARY = row(401, 404, 404, 200, 200, 200, 200, 404)
DIARY_CHANGED = row(401, 404, 404, 200, 403, 200, 403, 404)
DIARY_LET_THROUGH = row(401, 404, 404, 400, 403, 400, 403, 404)
DIARY_GONE = row(401, 404, 404, 204, 403, 204, 403, 404)
WEBHOOKS = row(401, 404, 404, 404, 404, 200, 200, 404)
WEBHOOKS_CHANGED = row(401, 404, 404, 404, 404, 200, 403, 404)
CLIENTS = row(401, 404, 404, 404, 200, 200, 200, 404)
CLIENTS_LET_THROUGH = row(401, 404, 404, 404, 400, 400, 403, 404)
CLOSURE = row(401, 403, 403, 403, 200, 200, 403, 403)
CLOSURE_LET_THROUGH = row(401, 403, 403, 403, 400, 400, 403, 403)
CLOSURE_GONE = row(401, 403, 403, 403, 204, 204, 403, 403)

# A route without a row here fails the test below. The appointment is of `client` with
# `therapist`. `stranger` is another client.
MATRIX = {
    "GET ": ANYONE,
    "GET favicon.ico": ANYONE,
    "GET livez": ANYONE,
    "GET readyz": ANYONE,
    "GET api/v1/schema": ANYONE_CHECKED,
    "GET api/v1/docs": ANYONE_CHECKED,
    "GET api/v1/redoc": ANYONE_CHECKED,
    "POST api/v1/auth/register": LET_THROUGH,
    "POST api/v1/register": LET_THROUGH,
    "POST register": LET_THROUGH,
    "POST api/v1/auth/login": LET_THROUGH,
    "POST api/v1/login": LET_THROUGH,
    "POST login": LET_THROUGH,
    "POST api/v1/auth/refresh": LET_THROUGH,
    "POST api/v1/auth/logout": LET_THROUGH,
    **{
        f"POST api/v1/auth/{name}": LET_THROUGH
        for name in ("verify", "verify/resend", "code", "forgot", "reset")
    },
    "POST api/v1/auth/password": LET_THROUGH_SIGNED_IN,
    "POST api/v1/auth/email": LET_THROUGH_SIGNED_IN,
    "POST api/v1/auth/second_factor": LET_THROUGH,
    "GET api/v1/auth/second_factors": SIGNED_IN,
    "POST api/v1/auth/second_factors": LET_THROUGH_SIGNED_IN,
    "POST api/v1/auth/second_factors/{second_factor}/confirm": LET_THROUGH_SIGNED_IN,
    "DELETE api/v1/auth/second_factors/{second_factor}": LET_THROUGH_SIGNED_IN,
    "GET api/v1/auth/second_factors/recovery_codes": SIGNED_IN,
    "POST api/v1/auth/second_factors/recovery_codes": LET_THROUGH_SIGNED_IN,
    "GET api/v1/auth/sessions": SIGNED_IN,
    "DELETE api/v1/auth/sessions/{session}": row(
        401, 204, 404, 404, 404, 404, 404, 404
    ),
    "GET api/v1/auth/me": SIGNED_IN,
    "PATCH api/v1/auth/me": SIGNED_IN,
    "GET api/v1/calendar": SIGNED_IN,
    "POST api/v1/calendar": LET_THROUGH_SIGNED_IN,
    "DELETE api/v1/calendar/{calendar}": row(401, 204, 404, 404, 404, 404, 404, 404),
    "GET api/v1/webhooks": WEBHOOKS,
    "POST api/v1/webhooks": row(401, 404, 404, 404, 404, 400, 403, 404),
    "GET api/v1/webhooks/{webhook}": WEBHOOKS,
    "PATCH api/v1/webhooks/{webhook}": WEBHOOKS_CHANGED,
    "DELETE api/v1/webhooks/{webhook}": row(401, 404, 404, 404, 404, 403, 403, 404),
    "POST api/v1/webhooks/{webhook}/rotate": WEBHOOKS_CHANGED,
    "GET api/v1/webhooks/{webhook}/deliveries": WEBHOOKS,
    "POST api/v1/webhooks/{webhook}/replay": row(
        401, 404, 404, 404, 404, 400, 403, 404
    ),
    # The path is the secret.
    "GET calendar/{calendar}": (404,) * 9,
    "GET link/{link}": (404,) * 9,
    "POST link/{link}": (404,) * 9,
    "GET api/v1/practice": ANYONE,
    "GET api/v1/therapists": ANYONE,
    "GET api/v1/therapists/{therapist}": ANYONE,
    "GET api/v1/specialisms": ANYONE,
    "GET api/v1/specialisms/{specialism}": ANYONE,
    "GET api/v1/appointments": SIGNED_IN,
    "POST api/v1/appointments": LET_THROUGH_SIGNED_IN,
    "GET api/v1/appointments/{appointment}": OWN,
    # The appointment is booked already, and it has not started.
    "POST api/v1/appointments/{appointment}/book": row(
        401, 409, 404, 409, 409, 409, 403, 404
    ),
    "POST api/v1/appointments/{appointment}/move": LET_THROUGH_SIGNED_IN,
    "POST api/v1/appointments/{appointment}/cancel": OWN_CHANGED,
    # The code is the right.
    "POST api/v1/appointments/{appointment}/accept": LET_THROUGH_SIGNED_IN,
    "POST api/v1/appointments/{appointment}/decline": LET_THROUGH_SIGNED_IN,
    "POST api/v1/appointments/{appointment}/complete": CONCLUDED,
    "POST api/v1/appointments/{appointment}/no_show": CONCLUDED,
    "POST api/v1/appointments/{appointment}/reopen": row(
        401, 403, 404, 403, 409, 409, 403, 404
    ),
    "GET api/v1/appointments/{appointment}/history": OWN,
    "GET api/v1/series": SIGNED_IN,
    "POST api/v1/series": LET_THROUGH_SIGNED_IN,
    "POST api/v1/series/preview": LET_THROUGH_SIGNED_IN,
    "GET api/v1/series/{series}": OWN,
    "POST api/v1/series/{series}/move": LET_THROUGH_SIGNED_IN,
    "POST api/v1/series/{series}/cancel": OWN_CHANGED,
    "GET api/v1/clients": CLIENTS,
    "POST api/v1/clients": CLIENTS_LET_THROUGH,
    "GET api/v1/clients/{client}": CLIENTS,
    "PATCH api/v1/clients/{client}": row(401, 404, 404, 404, 200, 200, 403, 404),
    "POST api/v1/clients/{client}/merge": row(401, 404, 404, 404, 400, 400, 400, 404),
    "POST api/v1/clients/{client}/cancel_all": row(
        401, 404, 404, 404, 200, 200, 403, 404
    ),
    "GET api/v1/slots": LET_THROUGH,
    "GET api/v1/next_slots": LET_THROUGH,
    "GET api/v1/therapists/{therapist}/next_slot": LET_THROUGH,
    "GET api/v1/therapists/{therapist}/free": LET_THROUGH,
    "GET api/v1/closures": ANYONE_CHECKED,
    "POST api/v1/closures": CLOSURE_LET_THROUGH,
    "GET api/v1/closures/{closure}": ANYONE_CHECKED,
    "PATCH api/v1/closures/{closure}": CLOSURE,
    "DELETE api/v1/closures/{closure}": CLOSURE_GONE,
    **{
        route: outcomes
        for kind in ("hour", "offering")
        for route, outcomes in {
            f"GET api/v1/therapists/{{therapist}}/{kind}s": DIARY,
            f"POST api/v1/therapists/{{therapist}}/{kind}s": DIARY_LET_THROUGH,
            f"GET api/v1/therapists/{{therapist}}/{kind}s/{{{kind}}}": DIARY,
            f"PATCH api/v1/therapists/{{therapist}}/{kind}s/{{{kind}}}": DIARY_CHANGED,
            f"DELETE api/v1/therapists/{{therapist}}/{kind}s/{{{kind}}}": DIARY_GONE,
        }.items()
    },
    # The front desk enters absences.
    "GET api/v1/therapists/{therapist}/absences": DIARY,
    "POST api/v1/therapists/{therapist}/absences": row(
        401, 404, 404, 400, 400, 400, 403, 404
    ),
    "GET api/v1/therapists/{therapist}/absences/{absence}": DIARY,
    "PATCH api/v1/therapists/{therapist}/absences/{absence}": row(
        401, 404, 404, 200, 200, 200, 403, 404
    ),
    "DELETE api/v1/therapists/{therapist}/absences/{absence}": row(
        401, 404, 404, 204, 204, 204, 403, 404
    ),
    "GET api/v1/get_appointments": SIGNED_IN,
    "GET get_appointments": SIGNED_IN,
    "POST api/v1/add_appointment": LET_THROUGH_SIGNED_IN,
    "POST api/v1/add_appointments": LET_THROUGH_SIGNED_IN,
    "POST add_appointment": LET_THROUGH_SIGNED_IN,
    "POST add_appointments": LET_THROUGH_SIGNED_IN,
}


def make_webhook():
    url, events = "https://records.example/", ["appointment.booked"]
    webhook, _ = add_webhook(url, events, is_active=True)
    return webhook


def _add_feed(user):
    feed, _ = add_feed(user, kind="mine", names="none")
    return feed


@pytest.fixture
def scene():
    therapist = TherapistFactory(signs_in=True)
    appointment = AppointmentFactory(therapist=therapist)
    series = SeriesFactory(therapist=therapist, client=appointment.client)
    return {
        "people": {
            "anonymous": None,
            "deactivated": UserFactory(is_active=False),
            "client": appointment.client,
            "stranger": UserFactory(),
            "therapist": therapist.user,
            "front_desk": UserFactory(staff=True),
            "manager": UserFactory(staff=True, group="Practice manager"),
            "auditor": UserFactory(staff=True, group="Auditor"),
            "staff_without_rights": UserFactory(staff=True, group=""),
        },
        "ids": {
            "therapist": therapist.pk,
            "specialism": SpecialismFactory().pk,
            "appointment": appointment.pk,
            "client": appointment.client_id,
            "series": series.pk,
            "calendar": _add_feed(appointment.client).pk,
            "session": start_session(appointment.client)[SESSION_CLAIM],
            "webhook": make_webhook().pk,
            "second_factor": begin(appointment.client, "Phone")[0].pk,
            "link": "nonsense",
            "closure": ClosureFactory().pk,
            "hour": WorkingHoursFactory(therapist=therapist).pk,
            "absence": AbsenceFactory(therapist=therapist).pk,
            "offering": OfferingFactory(therapist=therapist).pk,
        },
    }


@pytest.mark.parametrize("route", MATRIX)
def test_every_role_gets_the_status_in_the_matrix(api, scene, route):
    method, _, path = route.partition(" ")
    url = "/" + path.format(**scene["ids"])

    def send(role):
        person = scene["people"][role]
        token = person and AccessToken.for_user(person)
        # Every role finds the scene as it was.
        with transaction.atomic():
            response = api(token=token).generic(method, url)
            transaction.set_rollback(True)
        return response.status_code

    outcomes = {role: send(role) for role in ROLES}

    assert outcomes == dict(zip(ROLES, MATRIX[route], strict=True))


def test_every_route_is_in_the_matrix():
    routes = {
        f"{method} {path}"
        for path, callback in _routes(get_resolver().url_patterns)
        for method in _methods(callback)
    }

    assert routes | {f"GET {path[1:]}" for path in CHECKS} == set(MATRIX)


def _routes(patterns, prefix=""):
    for one in patterns:
        path = prefix + str(one.pattern)
        if path.startswith("admin"):
            continue
        if isinstance(one, URLPattern):
            yield _format_route(path), one.callback
        else:
            yield from _routes(one.url_patterns, path)


def _format_route(path):
    """`therapists/(?P<pk>[^/.]+)/?$` is `therapists/{therapist}`."""
    plain = path.replace("^", "").replace("/?$", "").replace("$", "")
    named = re.sub(r"(\w+?)(s?)/\(\?P<.*?>.*?\)(?=/|$)", r"\1\2/{\1}", plain)
    # The plural of series is its singular.
    return named.replace("{serie}", "{series}")


def _methods(callback):
    if actions := getattr(callback, "actions", None):
        allowed = set(actions) & set(callback.cls.http_method_names)
        return {method.upper() for method in allowed - {"head"}}
    if view := getattr(callback, "view_class", None) or getattr(callback, "cls", None):
        names = view.http_method_names
        offered = {name.upper() for name in names if hasattr(view, name)}
        return offered - {"OPTIONS", "HEAD"}
    return {"GET"}
