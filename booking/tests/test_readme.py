"""The README's commands work."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from appointments.models import Appointment

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
    "200",  # cancelled
    "200",  # the list by its original name
    "201",  # an appointment by the original name
]
# The address is registered, and the last time is taken.
AGAIN = ["400", *FIRST_USE[1:-1], "409"]
# Writes the status of each request, in order, to standard error.
CURL = "curl() { command curl --show-error -w '%{stderr}%{http_code}\\n' \"$@\"; }\n"


@pytest.mark.django_db(transaction=True)
def test_the_commands_of_first_use_work_as_written_and_again(live_server):
    call_command("loaddata", "specialisms", "therapists", verbosity=0)
    readme = Path(settings.BASE_DIR, "README.md").read_text()
    story = readme.partition("## First use")[2].partition("\n## ")[0]
    script = CURL + "\n".join(re.findall(r"```sh\n(.*?)```", story, re.DOTALL))

    first, second = run(script, live_server), run(script, live_server)

    assert first.stderr.split() == FIRST_USE, first.stdout
    assert second.stderr.split() == AGAIN, second.stdout
    [booked] = Appointment.objects.filter(status="booked")
    assert f"{booked.start:%m-%d %H:%M}" == "06-07 12:41"


def run(script, live_server):
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=os.environ | {"PORT": str(live_server.thread.port)},
        capture_output=True,
        text=True,
        check=False,
    )
