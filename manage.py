#!/usr/bin/env python3
"""Django's commands, in stage dev unless APPLICATION_STAGE says otherwise."""

import os
import sys


def main():
    os.environ.setdefault("APPLICATION_STAGE", "dev")
    from booking import env

    with env.for_command():
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", env.settings_module())
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
