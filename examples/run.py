"""Generates clients from the OpenAPI document, compiles them, and runs them.

`bin/try-examples` calls this with a folder to work in, whose `bin` has Node.js and the
generators. The clients book on the demo data, in a database of their own.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg
from django.core.management import call_command

from booking.runtime import embedded

EXAMPLES = Path(__file__).parent
DATABASE = "booking_examples"
# The output of each client. A client that is refused, or types that lie, end otherwise.
EXPECTED = {
    "fetch": "booked booked true\nagain 409 therapist_busy\ncancelled cancelled travel\n",
    "generated": "me client\npreview 3\nseries booked,booked,booked\n"
    "again 409 therapist_busy\ncancelled cancelled,cancelled,cancelled\n",
    "story": "booked booked True\nagain therapist_busy\nmine True\ncancelled cancelled travel\n",
}


def main(folder: Path):
    prepare(folder)
    tools = f"{folder / 'bin'}:{folder / 'node_modules/.bin'}"
    environment = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"}

    def run(*command, **more):
        print("  ", *command, flush=True)
        options = {"cwd": folder, "env": environment | more, "text": True}
        done = subprocess.run(command, stdout=-1, stderr=-2, **options, check=False)
        if done.returncode or "warn" in done.stdout.lower():
            sys.exit(f"{command[0]} failed or warned:\n{done.stdout}")
        return done.stdout

    generate(run)
    with serve() as url:
        for name in ("fetch", "generated"):
            check(name, run("node", f"{name}.mjs", BOOKING_URL=url))
        check("story", run("python", "story.py", BOOKING_URL=url))


def prepare(folder):
    """Copy the sources, and write the document beside them."""
    for source in ("typescript", "python"):
        shutil.copytree(EXAMPLES / source, folder, dirs_exist_ok=True)
    os.environ.setdefault("APPLICATION_STAGE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "booking.settings.test")
    import django

    django.setup()
    call_command("spectacular", file=str(folder / "openapi.yaml"))


def generate(run):
    """Generate clients without a warning, and compile them."""
    run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    run("openapi-typescript", "openapi.yaml", "-o", "src/schema.d.ts")
    run("openapi-ts", "-i", "openapi.yaml", "-o", "src/client")
    run("tsc")
    for name in ("fetch", "generated"):
        source, target = f"src/{name}.ts", f"--outfile={name}.mjs"
        run("esbuild", source, target, "--bundle", "--platform=node", "--format=esm")
    target = ("--output-path", "booking_client", "--meta", "none", "--overwrite")
    generator = ("openapi-python-client", "generate", "--fail-on-warning")
    run(*generator, "--path", "openapi.yaml", *target)
    # The generated code is not ours to correct; what it says of its types is used here.
    run("mypy", "--strict", "--follow-imports=silent", "story.py")


@contextmanager
def serve():
    """Serve the demo data on a free port, in a database that is dropped afterwards."""
    url = os.environ.get("DATABASE_URL") or embedded.start()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "APPLICATION_STAGE": "dev",
        "DJANGO_SETTINGS_MODULE": "booking.settings.dev",
        "DATABASE_URL": urlsplit(url)._replace(path=f"/{DATABASE}").geturl(),
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        database.execute(f"CREATE DATABASE {DATABASE}")
        command = [sys.executable, "-m", "booking.runtime.serve"]
        process = subprocess.Popen(command, env=environment, stdout=-3, stderr=-3)
        try:
            wait_for(process, address := f"http://127.0.0.1:{port}")
            yield address
        finally:
            process.terminate()
            process.wait()
            database.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def wait_for(process, address):
    for _ in range(300):
        try:
            urlopen(f"{address}/readyz", timeout=1).close()
        except (URLError, OSError):
            if process.poll() is not None:
                sys.exit("The server did not start.")
            time.sleep(0.1)
        else:
            return
    sys.exit("The server is not ready after 30 seconds.")


def check(name, printed):
    print(printed, end="")
    if printed != EXPECTED[name]:
        sys.exit(f"{name} should print:\n{EXPECTED[name]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
