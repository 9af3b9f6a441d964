"""The cost to a process of many wrong passwords at once."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from time import sleep

import pytest

from appointments.tests.races.http.servers import THREADS, serving

pytestmark = pytest.mark.django_db(transaction=True)

HASH_MB = 100


def find_worker():
    """Return the id of the process below the server's first, which is below this one."""
    [server] = _get_children(os.getpid(), "gunicorn")
    [worker] = _get_children(server, "gunicorn")
    return worker


def _get_children(pid, name):
    listed = subprocess.run(
        ["ps", "--ppid", str(pid), "-o", "pid=,args="],
        capture_output=True,
        text=True,
        check=False,
    )
    return [line.split()[0] for line in listed.stdout.splitlines() if name in line]


def read_memory(pid, kind):
    """Return megabytes: `VmRSS` now, `VmHWM` at the peak."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(f"{kind}:")[2].split()[0]) / 1024


def send_wrong_password(address, number):
    return send(address, "/login", number)


def send(address, path, number):
    client = HTTPConnection(*address, timeout=30)
    body = {"email": f"person{number}@example.com", "password": "wrong horse battery"}
    client.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    status = client.getresponse().status
    client.close()
    return status


@pytest.fixture
def server(tmp_path):
    with (tmp_path / "log").open("w") as log, serving(log) as address:
        # The first request loads what is loaded late.
        assert send_wrong_password(address, 0) == 401
        yield address


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_simultaneous_wrong_passwords_hash_one_after_the_other(server):
    worker = find_worker()
    before = read_memory(worker, "VmRSS")

    with ThreadPoolExecutor(THREADS) as pool:
        statuses = pool.map(
            lambda number: send_wrong_password(server, number), range(THREADS)
        )

    assert [*statuses] == [401] * THREADS
    assert read_memory(worker, "VmHWM") < before + 1.5 * HASH_MB


@pytest.mark.parametrize(("path", "status"), [("/login", 401), ("/register", 201)])
def test_other_requests_do_not_wait_for_passwords(server, path, status):
    with ThreadPoolExecutor(2 * THREADS) as pool:
        waiting = [
            pool.submit(send, server, path, number) for number in range(2 * THREADS)
        ]
        while not any(one.done() for one in waiting):
            sleep(0.01)
        client = HTTPConnection(*server, timeout=30)
        client.request("GET", "/api/v1/specialisms")

        assert client.getresponse().status == 200

        unfinished = [one for one in waiting if not one.done()]
        client.close()
        assert len(unfinished) > THREADS
        assert {one.result() for one in waiting} == {status}
