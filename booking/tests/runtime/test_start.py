"""A server that cannot start says why in one line, which names the setting."""

import os
import shutil
import subprocess
import sys

import pytest

from booking.runtime.embedded import CHECKOUT

PRODUCTION = {
    "APPLICATION_STAGE": "prod",
    "SECRET_KEY": "of a server that never starts, and long enough",
    "ALLOWED_HOSTS": "booking.example",
    "DATABASE_URL": "postgres://booking@127.0.0.1:1/booking",
}
SERVE = ["-m", "booking.runtime.serve"]
WEB = ["-m", "booking.runtime.web"]
MIGRATE = ["manage.py", "migrate"]


def start(command, **settings):
    environment = os.environ | PRODUCTION | settings
    # The tests' own.
    del environment["DJANGO_SETTINGS_MODULE"]
    result = subprocess.run(
        [sys.executable, *command],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1, result
    return result.stderr.splitlines()


@pytest.mark.parametrize("command", [SERVE, WEB], ids=["serve", "web"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "99999"),
        ("WEB_CONCURRENCY", "x"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_THREADS", "x"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "nonsense"),
        ("LOCK_TIMEOUT_SECONDS", "2.5"),
        ("APPLICATION_STAGE", "production"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start(command, name, value):
    [line] = start(command, **{name: value})

    assert name in line


@pytest.mark.parametrize("command", [SERVE, MIGRATE], ids=["serve", "migrate"])
@pytest.mark.parametrize(
    ("host", "reason"), [("127.0.0.1", "refused"), ("nowhere.invalid", "resolve")]
)
def test_a_database_that_cannot_be_reached_stops_the_start(command, host, reason):
    url = f"postgres://booking:hidden@{host}:1/booking"

    [line] = start(command, PORT="0", DATABASE_URL=url)

    assert "DATABASE_URL" in line
    assert reason in line
    assert "hidden" not in line


def test_a_setting_that_cannot_be_used_stops_a_command():
    [line] = start(MIGRATE, HOLD_MINUTES="ten")

    assert "HOLD_MINUTES" in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("WEB_THREADS", "x"),
        ("DATABASE_URL", "nonsense"),
        ("APPLICATION_STAGE", ""),
    ],
)
def test_gunicorn_itself_names_a_setting_that_cannot_be_used(name, value):
    [line] = start(["-m", "gunicorn", "booking.wsgi"], **{name: value})

    assert name in line


def test_a_host_that_cannot_be_resolved_stops_the_start():
    [line] = start(SERVE, HOST="nowhere.invalid")

    assert "HOST" in line
    assert "name" in line.lower()


def test_an_installation_without_a_network_names_the_cause(tmp_path):
    for folder in ("bin", "requirements"):
        shutil.copytree(CHECKOUT / folder, tmp_path / folder)
    pip = {
        "INDEX_URL": "http://127.0.0.1:9/simple",
        "RETRIES": "1",
        "NO_CACHE_DIR": "1",
    }
    # Without the settings that this machine may have for pip.
    pip |= {"CONFIG_FILE": os.devnull, "FIND_LINKS": ""}
    environment = os.environ | {f"PIP_{name}": value for name, value in pip.items()}

    result = subprocess.run(
        [tmp_path / "bin" / "serve"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert result.returncode == 1
    [_, line] = result.stderr.splitlines()
    assert "package index cannot be reached" in line
    assert "refused" in line
