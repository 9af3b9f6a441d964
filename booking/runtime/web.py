"""Run gunicorn in place of this process, once every setting can be used.

gunicorn itself would end with a traceback, or start workers that cannot.
"""

import os
import sys
from importlib import import_module

from booking import env


def main():
    with env.one_line_errors():
        check_server_settings()
        import_module(env.settings_module())
    gunicorn = [sys.executable, "-m", "gunicorn", *sys.argv[1:]]
    os.execv(sys.executable, gunicorn)  # noqa: S606


def check_server_settings() -> tuple[str, int]:
    """Refuse what gunicorn could not use; return host and port to listen on."""
    env.integer("WEB_CONCURRENCY", 1, least=1)
    env.integer("WEB_THREADS", 4, least=1)
    return env.listen_address()


if __name__ == "__main__":
    main()
