"""Makes the pictures of the handbooks from the example: python -m tests.pictures

Each is a part of a page as somebody of the example sees it, in both languages, cropped and brought down to a few
colours. It needs Chromium, and takes two minutes or so. With names behind it, it makes just these; with `--at ADDRESS`
it looks at an app that is served already with the example, instead of making one of its own. What is wrong with a
picture is told, and is exit code 1.
"""

import argparse
import os
import sys

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")
    django.setup()
    from tests.browser.picturing import make  # what it imports needs Django to be set up

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--at", default="", metavar="ADDRESS")
    given = parser.parse_args()
    wrong = make(given.names, given.at.rstrip("/"))
    sys.stderr.writelines(f"{fault}\n" for fault in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
