import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.tests.factories import PASSWORD
from notifications.models import Delivery
from notifications.relay import relay
from notifications.tasks import app

AUTH = "/api/v1/auth"
ADDRESS = "kit@example.com"
NEXT_JOBS = """
DELETE FROM procrastinate_jobs
 WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s)
RETURNING task_name, args
"""


@pytest.fixture
def work(db):
    """Do what a worker does now, until nothing is left; return the mails sent meanwhile."""

    def run():
        before = len(mail.outbox)
        relay()
        while jobs := _take_jobs():
            for name, arguments in jobs:
                app.tasks[name].func(**json.loads(arguments))
        return mail.outbox[before:]

    return run


def _take_jobs():
    with connection.cursor() as cursor:
        cursor.execute(NEXT_JOBS, [timezone.now()])
        return cursor.fetchall()


@pytest.fixture
def count_jobs(db):
    def count():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs")
            return cursor.fetchone()[0]

    return count


@pytest.fixture
def wait(clock):
    """Let the time pass."""

    def shift(**duration):
        clock.shift(timedelta(**duration))

    return shift


@pytest.fixture
def list_deliveries(db):
    """Return kind and status of the deliveries to a user, in order."""

    def listing(user):
        rows = Delivery.objects.filter(user=user).order_by("created_at", "event_id")
        return [(row.kind, row.status) for row in rows]

    return listing


@pytest.fixture
def required(settings):
    settings.REQUIRE_VERIFIED_EMAIL = True


@pytest.fixture
def register(api):
    def post(**changes):
        body = {"email": ADDRESS, "password": PASSWORD, "name": "Kit"} | changes
        return api().post(f"{AUTH}/register", body)

    return post


@pytest.fixture
def read(work):
    """Return kind, address and code of the mails that are sent now."""

    def run():
        found = []
        for sent in work():
            codes = re.findall("^([0-9]{6})$", sent.body, re.MULTILINE)
            assert all(code in sent.alternatives[0].content for code in codes)
            found.append((sent.extra_headers["X-Booking-Kind"], sent.to[0], *codes))
        return found

    return run


@pytest.fixture
def send(api):
    def post(route, **body):
        return api().post(f"{AUTH}/{route}", body)

    return post
