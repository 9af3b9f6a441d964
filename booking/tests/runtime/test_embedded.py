"""The embedded server, as far as it can be tested on one machine."""

import json
import os
import shutil
import subprocess
import sys

import psutil
import psycopg
import pytest

from booking import env
from booking.runtime import embedded

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root opens folders")


@pytest.fixture
def checkout(tmp_path):
    """A copy of the code in a folder that is closed to other users."""
    folder = tmp_path / "checkout"
    shutil.copytree(embedded.CHECKOUT / "booking", folder / "booking")
    folder.chmod(0o700)
    return folder


def get_data_folder(checkout, **environment):
    """Return the data folder in a new process, and what that process reports."""
    ask = "from booking.runtime import embedded; print(embedded._get_data_folder())"
    result = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=checkout,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip(), result.stderr


@as_root
def test_the_folders_opened_for_root_are_reported(checkout):
    folder_name, output = get_data_folder(checkout)

    assert folder_name == str(checkout / ".data" / "postgres")
    assert str(checkout) in output


@pytest.mark.skipif(os.geteuid() == 0, reason="root must open folders")
def test_other_users_than_root_open_no_folder(checkout):
    folder_name, output = get_data_folder(checkout)

    assert folder_name == str(checkout / ".data" / "postgres")
    assert output == ""


def test_a_home_folder_is_recognised(tmp_path, monkeypatch):
    before = embedded._is_home(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    assert not before
    assert embedded._is_home(tmp_path)
    assert not embedded._is_home(tmp_path / "inside")


@pytest.mark.parametrize(("mode", "closed"), [(0o755, False), (0o700, True)])
def test_a_folder_is_closed_when_others_cannot_enter(tmp_path, mode, closed):
    tmp_path.chmod(mode)

    assert embedded._is_closed(tmp_path) is closed


def test_killed_processes_do_not_keep_the_server_running(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    users = tmp_path / ".handle_pids.json"
    users.write_text(json.dumps([os.getpid(), ended.pid]))

    embedded._remove_dead_processes(tmp_path)

    assert json.loads(users.read_text()) == [os.getpid()]


def test_a_later_process_of_the_same_number_is_not_counted(tmp_path):
    users = tmp_path / ".handle_pids.json"
    users.write_text(json.dumps([os.getpid()]))
    before = psutil.Process().create_time() - 60
    os.utime(users, (before, before))

    embedded._remove_dead_processes(tmp_path)

    assert json.loads(users.read_text()) == []
    assert list(tmp_path.iterdir()) == [users]


@pytest.mark.skipif(env.database_url() != "", reason="another server is given")
def test_a_second_start_uses_the_running_server():
    first, second = embedded.start(), embedded.start()

    assert first == second
    with psycopg.connect(first) as connection:
        [version] = connection.execute("SHOW server_version_num").fetchone()
    assert int(version) >= 180000
