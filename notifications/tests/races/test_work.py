"""Workers as production runs them: processes, which are killed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory, booking_request
from booking import env
from booking.runtime import embedded
from booking.tests.depth import choose
from notifications.models import Change, Delivery
from notifications.reminders import add_reminders
from therapists.models import Therapist
from therapists.tests.factories import TherapistFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("races"),
]

DEADLINE_SECONDS = 300


@pytest.fixture
def clock():
    """The workers have the true time, so the tests do."""


@pytest.fixture
def start_worker(tmp_path):
    """Start `manage.py work` on the database of the tests; it is killed in the end."""
    started = []

    def start():
        url = urlsplit(env.database_url() or embedded.start())
        environment = os.environ | {
            "APPLICATION_STAGE": "dev",
            "DATABASE_URL": url._replace(
                path=connection.settings_dict["NAME"]
            ).geturl(),
            "EMAIL_URL": f"dir://{tmp_path}",
        }
        del environment["DJANGO_SETTINGS_MODULE"]
        process = subprocess.Popen(
            [sys.executable, "manage.py", "work"],
            cwd=project.BASE_DIR,
            env=environment,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


@contextmanager
def wait_until(condition):
    yield
    end = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.2)


def count_sent():
    return Delivery.objects.filter(status="sent").count()


def list_message_ids(folder):
    lines = [
        line
        for file in folder.glob("*.log")
        for line in file.read_bytes().splitlines()
        if line.startswith(b"Message-ID")
    ]
    return lines


@pytest.fixture
def due():
    """Make appointments at one time, of which clients are to be reminded; return how many."""
    now = timezone.now().replace(second=0, microsecond=0)
    count, start = choose(sample=60, thorough=10_000), now + timedelta(hours=30)
    clients = User.objects.bulk_create(
        User(email=f"client-{n}@example.com", password="!") for n in range(count)
    )
    therapists = Therapist.objects.bulk_create(
        Therapist(name=f"Therapist {n}") for n in range(count)
    )
    rows = [
        AppointmentFactory.build(client=client, therapist=therapist, start=start)
        for client, therapist in zip(clients, therapists, strict=True)
    ]
    Appointment.objects.bulk_create(rows, batch_size=1_000)
    Appointment.objects.update(updated_at=now - timedelta(days=40))
    # The bookings themselves are not to be told.
    Change.objects.all().delete()
    return count


def test_a_booking_is_told_by_a_worker_within_seconds(api, start_worker, tmp_path):
    client, therapist = UserFactory(), TherapistFactory(signs_in=True)
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(days=9)
    body = booking_request(therapist, start=start.isoformat())
    worker = start_worker()

    with wait_until(lambda: count_sent() == 2):
        response = api(client).post("/api/v1/appointments", body)
        assert response.status_code == 201, response.data

    assert not Change.objects.exists()
    assert len(list_message_ids(tmp_path)) == 2
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0


@pytest.mark.depth
def test_workers_of_which_one_is_killed_tell_each_client(
    start_worker, tmp_path, settings, due
):
    settings.REMINDER_HOURS = [720]
    assert add_reminders() == due
    first = start_worker()
    with wait_until(lambda: count_sent() > 10):
        start_worker()

    first.kill()

    with wait_until(lambda: count_sent() == due):
        pass
    told = list_message_ids(tmp_path)
    # A mail in flight when the worker died may come again, with the same id.
    assert len(set(told)) == due
    assert len(told) <= due + 2
    assert add_reminders() == 0
