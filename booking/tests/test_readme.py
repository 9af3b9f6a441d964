"""The README's commands work."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from appointments.models import Appointment

LOCAL = "http://127.0.0.1:8000"
FIRST_USE = [
    "201",  # registered
    "200",  # signed in
    "200",  # therapists
    "200",  # the next slot of one
    "200",  # slots of the practice
    "200",  # available appointments
    "201",  # booked
    "409",  # refused
    "200",  # moved
    "200",  # cancelled
    "200",  # its history
    "200",  # a series previewed
    "201",  # and booked
    "200",  # moved from its fifth date on
    "200",  # cancelled from a date on
    "200",  # the list by its original name
    "201",  # an appointment by the original name
]
# The appointments of the series that remain.
WEEKLY = [
    *("06-03 09:00", "06-10 09:00", "06-17 09:00", "06-24 09:00"),
    *("07-04 10:00", "07-11 10:00", "07-18 10:00", "07-25 10:00"),
]
# Writes the status of each request, in order, to standard error.
CURL = "curl() { command curl --show-error -w '%{stderr}%{http_code}\\n' \"$@\"; }\n"


@pytest.mark.django_db(transaction=True)
def test_the_commands_of_first_use_work_as_written(live_server):
    call_command("loaddata", "specialisms", "therapists", verbosity=0)
    readme = Path(settings.BASE_DIR, "README.md").read_text()
    story = readme.partition("## First use")[2].partition("\n## ")[0]
    script = CURL + "\n".join(re.findall(r"```sh\n(.*?)```", story, re.DOTALL))

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(LOCAL, live_server.url)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr.split() == FIRST_USE, done.stdout
    booked = Appointment.objects.filter(status="booked")
    weekly = booked.exclude(series=None).order_by("start").values_list("start")
    assert booked.filter(series=None).count() == 1
    assert [f"{start:%m-%d %H:%M}" for (start,) in weekly] == WEEKLY
