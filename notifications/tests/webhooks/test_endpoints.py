"""Staff look after endpoints: add, switch, rotate, replay."""

import json

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import AppointmentFactory
from booking.encryption import decrypt
from booking.tests import refusals
from notifications.models import EventType, Webhook, WebhookDelivery
from notifications.serializers.webhooks import WebhookSerializer
from notifications.tests.webhooks.conftest import URL
from notifications.webhooks import sending
from notifications.webhooks.endpoints import renew_secrets, rotate
from notifications.webhooks.events import Event, add_webhook_deliveries

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered(add_webhook, endpoint, work):
    """Return an endpoint that was told of two bookings."""
    webhook = add_webhook().json()
    for _ in range(2):
        AppointmentFactory()
        work()
    assert len(endpoint.requests) == 2
    return webhook


def test_the_secret_is_shown_once_and_stored_encrypted(api, boss_user, add_webhook):
    created = add_webhook()

    secret = created.json()["secret"]
    assert created.status_code == 201
    assert secret.startswith("whsec_")
    for url in (URL, f"{URL}/{created.json()['id']}"):
        assert "whsec" not in api(boss_user).get(url).content.decode()
    stored = str(Webhook.objects.values().get())
    assert secret not in stored
    assert secret.removeprefix("whsec_") not in stored


def test_a_secret_outlives_the_key_that_encrypted_it(add_webhook, settings):
    secret = add_webhook().json()["secret"]
    former, settings.SECRET_KEY = settings.SECRET_KEY, "the next key " * 4
    settings.SECRET_KEY_FALLBACKS = [former]

    assert [renew_secrets(), renew_secrets()] == [1, 0]

    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(Webhook.objects.get().secret) == secret


@pytest.mark.parametrize(
    "url",
    [
        "http://records.example/hooks",
        "https://127.0.0.1/hooks",
        "https://10.1.2.3/",
        "https://192.168.1.1:8443/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1]/",
        "https://[2002:7f00:1::]/",
        "https://[::7f00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fec0::1]/",
        "https://[fd00::1]/",
        "https://[ff02::1]/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://localhost/",
        "https://api.LOCALHOST./",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://user:password@records.example/",
        "https://records.example:99999/",
        "https:///hooks",
        "https://records.example/#part",
        "https://records.example/a b",
        "https://records.example/\u00e9",
        "ftp://records.example/",
        "nonsense",
    ],
)
def test_an_address_that_may_not_be_is_refused(add_webhook, settings, url):
    settings.WEBHOOK_ALLOW_PRIVATE = False

    response = add_webhook(url=url)

    assert (response.status_code, refusals(response)) == (
        400,
        [("url", "forbidden_url")],
    )


def test_a_practice_may_allow_its_own_network(add_webhook):
    assert add_webhook(url="http://10.1.2.3:8080/hooks").status_code == 201


@pytest.mark.parametrize("events", [[], ["appointment.eaten"], "appointment.booked"])
def test_events_that_are_none_are_refused(api, boss_user, events):
    body = {"url": "https://records.example/", "events": events}

    response = api(boss_user).post(URL, body)

    assert response.status_code == 400
    assert {field.split(".")[0] for field, _ in refusals(response)} == {"events"}


def test_deliveries_are_listed_without_a_body(api, boss_user, delivered):
    listed = api(boss_user).get(f"{URL}/{delivered['id']}/deliveries").json()

    first, second = listed["results"]
    assert first["created_at"] > second["created_at"]
    assert (first["status"], first["response_status"]) == ("sent", 204)
    assert first["type"] == "appointment.booked"


def test_one_delivery_is_sent_again_with_its_id(
    api, boss_user, delivered, endpoint, work
):
    one = WebhookDelivery.objects.earliest("created_at")
    url = f"{URL}/{delivered['id']}/replay"

    response = api(boss_user).post(url, {"delivery_id": one.pk})
    work()

    assert (response.status_code, response.json()) == (202, {"count": 1})
    ids = [headers["webhook-id"] for _, headers, _ in endpoint.requests]
    assert ids == [f"msg_{one.message_id.hex}", ids[1], f"msg_{one.message_id.hex}"]
    assert json.loads(endpoint.bodies[0]) == json.loads(endpoint.bodies[2])


def test_all_since_a_moment_are_sent_again(api, boss_user, delivered, endpoint, work):
    url = f"{URL}/{delivered['id']}/replay"

    response = api(boss_user).post(url, {"since": "2029-01-01T00:00:00Z"})
    work()

    assert response.json() == {"count": 2}
    assert len(endpoint.requests) == 4
    later = api(boss_user).post(url, {"since": "2031-01-01T00:00:00Z"})
    assert later.json() == {"count": 0}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ("since", "exclusive")),
        ({"delivery_id": 1, "since": "2029-01-01T00:00:00Z"}, ("since", "exclusive")),
        ({"delivery_id": 999_999}, ("delivery_id", "does_not_exist")),
    ],
)
def test_a_replay_of_what_is_unclear_is_refused(
    api, boss_user, delivered, body, expected
):
    response = api(boss_user).post(f"{URL}/{delivered['id']}/replay", body)

    assert response.status_code == 400
    assert refusals(response) == [expected]


def test_deliveries_of_another_endpoint_are_not_replayed(
    api, boss_user, delivered, add_webhook
):
    other = add_webhook().json()
    one = WebhookDelivery.objects.earliest("created_at")

    response = api(boss_user).post(
        f"{URL}/{other['id']}/replay", {"delivery_id": one.pk}
    )

    assert refusals(response) == [("delivery_id", "does_not_exist")]


def test_only_those_with_the_right_delete(api, boss_user, delivered):
    url = f"{URL}/{delivered['id']}"
    superuser = UserFactory(staff=True, is_superuser=True)

    assert api(boss_user).delete(url).status_code == 403
    assert api(superuser).delete(url).status_code == 204
    assert not WebhookDelivery.objects.exists()


def test_what_is_still_being_sent_is_not_sent_twice(
    api, boss_user, add_webhook, endpoint, work, count_jobs
):
    webhook = add_webhook().json()
    endpoint.status = 500
    AppointmentFactory()
    work()
    jobs = count_jobs()
    one = WebhookDelivery.objects.get()
    url = f"{URL}/{webhook['id']}/replay"

    for body in ({"delivery_id": one.pk}, {"since": "2029-01-01T00:00:00Z"}):
        assert api(boss_user).post(url, body).json() == {"count": 0}

    assert count_jobs() == jobs
    one.refresh_from_db()
    assert one.failing_since is not None


def test_a_replay_sends_what_an_endpoint_missed_while_it_was_off(
    api, boss_user, add_webhook, endpoint, work
):
    url = f"{URL}/{add_webhook().json()['id']}"
    api(boss_user).patch(url, {"is_active": False})
    AppointmentFactory()
    work()
    assert endpoint.requests == []

    api(boss_user).patch(url, {"is_active": True})
    api(boss_user).post(f"{url}/replay", {"since": "2029-01-01T00:00:00Z"})
    work()

    assert len(endpoint.requests) == 1
    assert WebhookDelivery.objects.get().status == "sent"


def test_a_change_leaves_a_secret_that_was_rotated_meanwhile(add_webhook):
    webhook = Webhook.objects.get(pk=add_webhook().json()["id"])
    secret = rotate(webhook)

    WebhookSerializer().update(webhook, {"is_active": False})

    assert decrypt(Webhook.objects.get().secret) == secret


def test_a_delivery_that_was_deleted_meanwhile_stays_deleted(
    add_webhook, endpoint, monkeypatch
):
    add_webhook()
    webhook = Webhook.objects.get()
    event = Event(EventType.APPOINTMENT_BOOKED, webhook.created_at, 1, 1, 1)
    add_webhook_deliveries([event])
    one = WebhookDelivery.objects.get()

    def delete_first(*arguments):
        webhook.delete()
        return 204

    monkeypatch.setattr(sending, "post", delete_first)
    sending.send_webhook(one.pk)

    assert not WebhookDelivery.objects.exists()
