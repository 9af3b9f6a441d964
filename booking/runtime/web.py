"""Run gunicorn in place of this process, once it can read its settings.

gunicorn reads WEB_CONCURRENCY before `gunicorn.conf.py`, and would end with a traceback.
"""

import os
import sys

from booking import env


def main():
    with env.one_line_errors():
        check_server_settings()
    gunicorn = [sys.executable, "-m", "gunicorn", *sys.argv[1:]]
    os.execv(sys.executable, gunicorn)  # noqa: S606


def check_server_settings() -> tuple[str, int]:
    """Refuse what gunicorn could not use; return host and port to listen on."""
    env.integer("WEB_CONCURRENCY", 1, least=1)
    env.integer("WEB_THREADS", 4, least=1)
    return env.listen_address()


if __name__ == "__main__":
    main()
