"""The server stops without losing a request, and logs each of them."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from appointments.models import Appointment
from booking.tests.runtime.servers import is_blocking_a_request, wait_until
from therapists.models import Therapist


def test_sigterm_lets_the_running_request_finish(server, booking_request):
    token = server.register()
    therapist = Therapist.objects.select_for_update(no_key=True)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            therapist.get()
            booking = pool.submit(
                server.post, "/api/v1/appointments", booking_request, **token
            )
            wait_until(is_blocking_a_request)
            server.process.send_signal(signal.SIGTERM)
            wait_until(lambda: not server.accepts())
        status, body = booking.result()

    assert status == 201, body
    assert Appointment.objects.get().pk == body["id"]
    assert server.process.wait(timeout=20) == 0


def test_no_request_fails_after_a_restart_of_the_database(server):
    def log_in(number):
        person = {"email": f"person{number}@example.com", "password": "wrong"}
        return server.post("/api/v1/auth/login", person)[0]

    with ThreadPoolExecutor(4) as pool:
        before = list(pool.map(log_in, range(4)))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            [ended] = cursor.fetchone()
        after = list(pool.map(log_in, range(4)))

    assert ended >= 1
    assert (before, after) == ([401] * 4, [401] * 4)


def test_each_request_is_logged_as_json_with_its_id(server):
    query = "search=alice@example.com"
    server.get(f"/api/v1/therapists?{query}", **{"X-Request-ID": "id-7"})
    server.process.send_signal(signal.SIGTERM)

    stdout, stderr = server.process.communicate(timeout=20)

    (line,) = map(json.loads, stdout.splitlines())
    assert line["message"].startswith("GET /api/v1/therapists 200 in ")
    assert line["request_id"] == "id-7"
    assert len(line["server_request_id"]) == 32
    assert all(json.loads(line)["logger"] for line in stderr.splitlines())
    assert "alice" not in stdout + stderr
