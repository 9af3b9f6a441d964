"""Endpoints are told of changes: signed, again until they answer, without people."""

import json
import logging

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION, NOW, booking_request
from notifications.models import Webhook, WebhookDelivery
from notifications.tests.webhooks.conftest import URL
from notifications.webhooks import addresses
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

APPOINTMENTS = "/api/v1/appointments"


@pytest.fixture
def kit():
    return UserFactory(name="Kit Moss", email="kit@example.com")


@pytest.fixture
def therapist():
    return TherapistFactory(signs_in=True, name="Ada Quill", time_zone="UTC")


@pytest.fixture
def book(api, kit, therapist, clerk, work):
    """Book an appointment, and let the worker tell of it; return its id."""

    def post(**changes):
        body = booking_request(therapist, client_id=kit.pk, **changes)
        id = api(clerk).post(APPOINTMENTS, body).json()["id"]
        work()
        return id

    return post


def test_a_booking_is_told_with_ids_alone(add_webhook, endpoint, book, therapist):
    add_webhook()

    id = book()

    [(path, headers, body)] = endpoint.requests
    told = json.loads(body)
    assert path == "/hooks?of=practice"
    assert headers["Content-Type"] == "application/json"
    assert (told["type"], told["data"].pop("version") > 0) == (
        "appointment.booked",
        True,
    )
    assert told["data"] == {"appointment_id": id, "therapist_id": therapist.pk}
    for word in ("Kit", "kit@", "Ada", "client"):
        assert word not in f"{headers} {body}"


def test_the_signature_is_that_of_the_standard(
    add_webhook, endpoint, book, monkeypatch
):
    secret = add_webhook().json()["secret"]
    book()
    [(_, headers, body)] = endpoint.requests

    assert Verifier(secret).verify(body, headers) == json.loads(body)
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(body.replace("booked", "moved"), headers)
    with pytest.raises(WebhookVerificationError):
        Verifier("whsec_" + "A" * 43 + "=").verify(body, headers)


def test_for_a_day_two_secrets_sign(api, add_webhook, endpoint, book, boss_user, wait):
    created = add_webhook().json()
    rotated = api(boss_user).post(f"{URL}/{created['id']}/rotate").json()
    book()
    [(_, first, one)] = endpoint.requests
    for secret in (created["secret"], rotated["secret"]):
        assert Verifier(secret).verify(one, first)

    wait(hours=25)
    book(start="2030-01-09T09:00:00Z")
    _, (_, last, two) = endpoint.requests

    assert Verifier(rotated["secret"]).verify(two, last)
    with pytest.raises(WebhookVerificationError):
        Verifier(created["secret"]).verify(two, last)


def test_only_what_an_endpoint_wants_is_sent(
    api, add_webhook, endpoint, book, work, therapist, clock
):
    add_webhook("appointment.moved", "appointment.completed", "appointment.no_show")
    id = book()
    start = "2030-01-09T09:00:00Z"
    api(therapist.user).post(f"{APPOINTMENTS}/{id}/move", {"start": start})
    work()
    clock.move_to("2030-01-09T09:30:00Z")
    api(therapist.user).post(f"{APPOINTMENTS}/{id}/complete")
    work()

    told = [json.loads(body) for body in endpoint.bodies]

    assert [one["type"] for one in told] == [
        "appointment.moved",
        "appointment.completed",
    ]
    assert told[0]["data"]["version"] < told[1]["data"]["version"]


def test_a_series_is_one_event(api, add_webhook, endpoint, kit, therapist, clerk, work):
    add_webhook("appointment.booked", "series.booked", "series.cancelled")
    body = {
        "therapist_id": therapist.pk,
        "client_id": kit.pk,
        "type": "one-off",
        "start": FIRST_SESSION.isoformat(),
        "duration": 60,
        "every_weeks": 1,
        "count": 3,
    }
    series = api(clerk).post("/api/v1/series", body).json()
    work()
    api(therapist.user).post(f"/api/v1/series/{series['id']}/cancel")
    work()

    told = [json.loads(body) for body in endpoint.bodies]

    assert [one["type"] for one in told] == ["series.booked", "series.cancelled"]
    assert told[0]["data"]["series_id"] == series["id"]


def test_a_conflict_is_told(api, add_webhook, endpoint, book, work, wait, clerk):
    add_webhook("schedule.conflict")
    id = book()
    day = f"{FIRST_SESSION:%Y-%m-%d}"
    closure = {"start": day, "end": day, "name": "Kings"}
    api(clerk).post("/api/v1/closures", closure)
    wait(seconds=61)
    work()

    [body] = endpoint.bodies

    told = json.loads(body)["data"]
    assert told["appointment_id"] == id
    history = Appointment.objects.get(pk=id).history
    assert told["version"] == history.latest("pgh_id").pgh_id


def test_it_is_sent_again_until_it_is_taken(
    add_webhook, endpoint, book, work, wait, caplog
):
    secret = add_webhook().json()["secret"]
    endpoint.status = 500
    with caplog.at_level(logging.WARNING):
        book()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.response_status) == ("pending", 500)
    assert [record.exc_info for record in caplog.records] == [None]
    assert "127.0.0.1" not in caplog.text
    work()
    assert len(endpoint.requests) == 1
    endpoint.status = 200
    wait(minutes=2)
    work()

    (_, first, one), (_, second, two) = endpoint.requests

    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) >= 120
    assert first["webhook-signature"] != second["webhook-signature"]
    assert one == two
    assert Verifier(secret).verify(two, second)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("sent", 2)


def test_an_endpoint_that_fails_for_three_days_is_switched_off(
    add_webhook, endpoint, book, work, wait
):
    add_webhook()
    endpoint.status = 503
    book()
    mails = []
    for _ in range(80):
        wait(hours=1)
        mails += work()

    assert not Webhook.objects.get().is_active
    assert 10 < len(endpoint.requests) < 25
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.error) == (
        "failed",
        "The endpoint answered 503.",
    )
    assert (delivery.finished_at - NOW).days == 3
    off = [m for m in mails if m.extra_headers["X-Booking-Kind"] == "webhook.off"]
    assert [mail.to for mail in off] == [["boss@example.com"]]


def test_what_waits_for_an_endpoint_that_is_switched_off_fails(
    api, add_webhook, endpoint, book, boss_user, work, wait
):
    id = add_webhook().json()["id"]
    endpoint.status = 500
    book()
    assert api(boss_user).patch(f"{URL}/{id}", {"is_active": False}).status_code == 200
    wait(minutes=3)
    work()

    assert len(endpoint.requests) == 1
    assert WebhookDelivery.objects.get().status == "failed"


def test_a_redirect_is_not_followed(add_webhook, endpoint, book):
    add_webhook()
    endpoint.status, endpoint.headers = 302, {"Location": endpoint.url}

    book()

    assert len(endpoint.requests) == 1
    assert WebhookDelivery.objects.get().error == "The endpoint answered 302."


def test_an_endpoint_that_is_away_is_tried_again(add_webhook, book, work, wait):
    add_webhook(url="http://127.0.0.1:9/hooks")

    book()

    delivery = WebhookDelivery.objects.get()
    assert delivery.status == "pending"
    assert delivery.error == "The endpoint cannot be reached: ConnectionRefusedError"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "::1", "169.254.169.254"])
def test_a_name_that_leads_inside_is_refused_at_each_attempt(
    add_webhook, endpoint, book, settings, monkeypatch, address
):
    settings.WEBHOOK_ALLOW_PRIVATE = False
    port = endpoint.server.server_port
    created = add_webhook(url=f"https://records.example:{port}/hooks")
    assert created.status_code == 201, created.json()

    def resolve(host, port, **options):
        return [(2, 1, 6, "", ("93.184.216.34", port)), (2, 1, 6, "", (address, port))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", resolve)
    book()

    assert endpoint.requests == []
    assert WebhookDelivery.objects.get().error == "The address is not allowed."


def test_nothing_is_sent_of_what_was_rolled_back(add_webhook, endpoint, api, work, kit):
    add_webhook()
    refused = api(kit).post(APPOINTMENTS, {"start": "nonsense"})
    work()

    assert refused.status_code == 400
    assert endpoint.requests == []
