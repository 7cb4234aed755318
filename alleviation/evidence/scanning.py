"""Has each file that comes in looked at for viruses, by a program of the office's own, where there is one."""

import logging
import shlex
import subprocess

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.common.apart import environment

log = logging.getLogger(__name__)

SECONDS = 60
CLEAN, INFECTED = 0, 1


def refuse_infected(content: bytes) -> None:
    """Give the bytes to FILE_SCANNER on its standard input: 0 is clean, 1 is not, all else is no answer.

    Raises ValidationError for what it finds something in, and where it gives no answer: what nobody looked at is not
    taken in. Without the setting nothing is asked.
    """
    if not settings.FILE_SCANNER:
        return
    answer = _answer(content)
    if answer == INFECTED:
        log.warning("A file that was handed in was refused by FILE_SCANNER.")
        raise ValidationError(_("The office's virus scanner refuses this file. Nothing was saved."), code="infected")
    if answer != CLEAN:
        log.error("FILE_SCANNER gives no answer: %s.", answer)
        words = _(
            "The office's virus scanner does not answer, so no file is taken. Nothing was saved. Try again later."
        )
        raise ValidationError(words, code="scanner")


def _answer(content: bytes) -> int | str:
    """What the scanner ends with, or what kept it from that."""
    command = shlex.split(settings.FILE_SCANNER)
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 # whoever runs the server names it, and no shell reads it
            command, input=content, capture_output=True, timeout=SECONDS, check=False, env=environment()
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    return done.returncode
