"""The final text of hand-written SQL; `snapshots` has it for review."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH

from booking.statements import STATEMENTS

SNAPSHOTS = Path(__file__).parent / "snapshots"
RENEW = f"manage.py show_sql --save {SNAPSHOTS.relative_to(settings.BASE_DIR)}"
# How the names of statements begin that psycopg has to read anew each time.
LONG = ("slots_", "series_check", "free_therapists", "days_")


def read(folder):
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_each_statement_is_the_one_that_was_reviewed(tmp_path):
    # A process of its own: here, other tests may have composed further lists.
    command = [sys.executable, "manage.py", "show_sql", "--save", tmp_path]
    subprocess.run(command, cwd=settings.BASE_DIR, check=True)

    assert read(tmp_path) == read(SNAPSHOTS), f"Review the change, then run {RENEW}"


@pytest.mark.parametrize("path", [*SNAPSHOTS.iterdir()], ids=lambda path: path.stem)
def test_psycopg_remembers_how_it_read_a_statement(path):
    is_remembered = len(path.read_text("utf-8").strip()) <= MAX_CACHED_STATEMENT_LENGTH

    assert is_remembered != path.stem.startswith(LONG)


def test_show_sql_prints_a_statement(capsys):
    call_command("show_sql", "get_appointment")

    assert capsys.readouterr().out == (SNAPSHOTS / "get_appointment.sql").read_text()


def test_show_sql_lists_the_names(capsys):
    call_command("show_sql")

    assert capsys.readouterr().out.split() == sorted(STATEMENTS)


def test_show_sql_refuses_an_unknown_name():
    with pytest.raises(CommandError):
        call_command("show_sql", "get_nothing")
