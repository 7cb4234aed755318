#!/usr/bin/env python
"""Alleviation's command line: `manage.py start` sets everything up and serves it."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")
    from django.core.management import execute_from_command_line

    from alleviation.common.broken_commands import tell_failures
    from alleviation.common.request_numbers import number_of_command, numbered

    with numbered(number_of_command(sys.argv)), tell_failures():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
