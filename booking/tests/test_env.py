"""Settings from the environment: the stage, and what production requires."""

import re
import runpy

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework.throttling import SimpleRateThrottle

from booking import env

PRODUCTION = {
    "APPLICATION_STAGE": "prod",
    "SECRET_KEY": "of production, with 32 bytes now",
    "ALLOWED_HOSTS": "booking.example, practice.example",
    "DATABASE_URL": "postgres://booking@db/booking",
}


@pytest.fixture
def production(monkeypatch):
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("stage", ["dev", "test", "prod"])
def test_the_stage_chooses_the_settings(monkeypatch, stage):
    monkeypatch.setenv("APPLICATION_STAGE", stage)

    assert env.settings_module() == f"booking.settings.{stage}"


@pytest.mark.parametrize("stage", ["production", "PROD", "prod ", "base"])
def test_an_unknown_stage_is_refused(monkeypatch, stage):
    monkeypatch.setenv("APPLICATION_STAGE", stage)

    with pytest.raises(ImproperlyConfigured, match="APPLICATION_STAGE"):
        env.settings_module()


@pytest.mark.parametrize("stage", [None, ""])
def test_the_server_does_not_guess_its_stage(monkeypatch, stage):
    monkeypatch.delenv("APPLICATION_STAGE", raising=False)
    if stage is not None:
        monkeypatch.setenv("APPLICATION_STAGE", stage)

    with pytest.raises(ImproperlyConfigured, match="APPLICATION_STAGE"):
        runpy.run_module("booking.wsgi")


def test_manage_falls_back_to_dev(monkeypatch, capsys):
    monkeypatch.delenv("APPLICATION_STAGE", raising=False)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    monkeypatch.setattr("sys.argv", ["manage.py", "version"])

    runpy.run_path("manage.py", run_name="__main__")

    assert env.settings_module() == "booking.settings.dev"


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
@pytest.mark.parametrize("value", [None, ""], ids=["not set", "empty"])
def test_production_stops_and_names_the_missing_secret(
    production, monkeypatch, name, value
):
    monkeypatch.delenv(name)
    if value is not None:
        monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=name):
        runpy.run_module("booking.settings.prod")


def test_production_reads_its_secrets_from_the_environment(production):
    settings = runpy.run_module("booking.settings.prod")

    assert settings["SECRET_KEY"] == PRODUCTION["SECRET_KEY"]
    assert settings["SECRET_KEY_FALLBACKS"] == []
    assert settings["ALLOWED_HOSTS"] == ["booking.example", "practice.example"]
    assert settings["DATABASES"]["default"]["HOST"] == "db"
    assert settings["DEBUG"] is False
    assert settings["SECURE_SSL_REDIRECT"] is True


def test_production_works_without_tls_only_on_request(production, monkeypatch):
    monkeypatch.setenv("HTTPS_ONLY", "no")

    settings = runpy.run_module("booking.settings.prod")

    assert settings["SECURE_SSL_REDIRECT"] is False
    assert settings["SESSION_COOKIE_SECURE"] is False
    assert settings["CSRF_COOKIE_SECURE"] is False


@pytest.mark.parametrize("value", ["-1", "1.5", "four", "٤", "0"])
def test_an_invalid_number_is_refused_by_name(monkeypatch, value):
    monkeypatch.setenv("WEB_THREADS", value)

    with pytest.raises(ImproperlyConfigured, match="WEB_THREADS"):
        env.integer("WEB_THREADS", 4, least=1)


def test_an_invalid_boolean_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("HTTPS_ONLY", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="HTTPS_ONLY"):
        env.boolean("HTTPS_ONLY", True)


@pytest.mark.parametrize("value", ["Europe/Atlantis", "../UTC", "europe/london", "CET"])
def test_an_unknown_time_zone_is_refused_by_name(monkeypatch, value):
    monkeypatch.setenv("PRACTICE_TIME_ZONE", value)

    with pytest.raises(ImproperlyConfigured, match="PRACTICE_TIME_ZONE"):
        env.time_zone("PRACTICE_TIME_ZONE", "UTC")


@pytest.mark.parametrize(("value", "trusted"), [("", 0), ("2", 2)])
def test_the_number_of_trusted_proxies_comes_from_the_environment(
    monkeypatch, value, trusted
):
    monkeypatch.setenv("TRUSTED_PROXIES", value)

    settings = runpy.run_path("booking/settings/base.py")

    assert settings["REST_FRAMEWORK"]["NUM_PROXIES"] == trusted


def test_an_empty_value_means_the_default(monkeypatch):
    monkeypatch.setenv("WEB_THREADS", "")

    assert env.integer("WEB_THREADS", 4) == 4


def test_timeouts_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("LOCK_TIMEOUT_SECONDS", "7")

    settings = runpy.run_path("booking/settings/base.py")

    assert settings["DATABASE_TIMEOUTS"]["lock_timeout"] == 7


def get_timeouts(options):
    return re.findall(r"timeout=(\S+)", options["options"])


def test_commands_choose_their_own_timeouts(production):
    def get_options():
        settings = runpy.run_module("booking.settings.prod")
        return settings["DATABASES"]["default"]["OPTIONS"]

    served = get_options()
    with env.for_command():
        command = get_options()

    assert get_timeouts(served) == ["2s", "5s", "3s"]
    assert get_timeouts(command) == ["10s", "0s", "0s"]
    assert "pool" in served
    assert "pool" not in command
    assert get_options() == served


@pytest.mark.parametrize(
    "value", ["10", "ten/min", "10/fortnight", "/min", "-1/min", "0/min", "10/min/min"]
)
@pytest.mark.parametrize("name", ["LOGIN_THROTTLE", "CHANGE_THROTTLE"])
def test_an_invalid_rate_stops_the_start_by_name(production, monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=name):
        runpy.run_path("booking/settings/base.py")


@pytest.mark.parametrize("value", ["10/min", "1/s", "60/hour", "200/day"])
def test_every_valid_rate_is_understood_by_the_throttles(monkeypatch, value):
    monkeypatch.setenv("LOGIN_THROTTLE", value)

    assert env.rate("LOGIN_THROTTLE", "") == value
    assert all(SimpleRateThrottle.parse_rate(None, value))


@pytest.mark.parametrize(
    ("host", "bind"),
    [
        ("", "127.0.0.1:8123"),
        ("::1", "[::1]:8123"),
        ("[::1]", "[::1]:8123"),
        ("localhost", "localhost:8123"),
    ],
)
def test_the_server_listens_on_host_and_port(monkeypatch, host, bind):
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", "8123")

    assert runpy.run_path("gunicorn.conf.py")["bind"] == bind


def test_an_invalid_port_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("PORT", "http")

    with pytest.raises(SystemExit, match="PORT"):
        runpy.run_path("gunicorn.conf.py")


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", "x" * 31), ("SECRET_KEY_FALLBACKS", f"{'y' * 32}, {'x' * 31}")],
)
def test_a_short_secret_stops_production_and_is_not_quoted(
    production, monkeypatch, name, value
):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=f"{name} has 31 bytes") as refused:
        runpy.run_module("booking.settings.prod")

    assert "xxx" not in str(refused.value)


def test_former_secrets_come_from_the_environment(production, monkeypatch):
    former = ["one" * 11, "two" * 11]
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", ", ".join(former))

    settings = runpy.run_module("booking.settings.prod")

    assert settings["SECRET_KEY_FALLBACKS"] == former
