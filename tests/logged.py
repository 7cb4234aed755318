"""What the app logs while the tests run, as an operator would read it: none of it may name a person or a secret."""

import logging
import re

from alleviation.common.logs import JsonFormatter

# Names, numbers and secrets as tests plant and type them; and whatever looks like a number of a person.
CANARIES = re.compile(
    r"(?:OWN|FOREIGN)-(?!village)[\w-]+"
    r"|[王张李赵刘陈雀][小大三一二尾][明丰山红花巴军]|测试"
    r"|(?<![0-9A-Za-z])\d{6}(?:19|20)\d{2}(?:0\d|1[0-2])[0-3]\d{4}[\dX](?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z.])62\d{14,17}(?![0-9A-Za-z])"
    r"|example-only|csrfmiddlewaretoken=\w|sessionid=\w"
)


class Gatherer(logging.Handler):
    """Keeps each line that holds a canary."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.lines = 0
        self.formatter = JsonFormatter()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += 1
        line = self.format(record)
        # JSON in ASCII hides Chinese from the eye, and from a search.
        readable = line.encode().decode("unicode_escape", "replace") if "\\u" in line else line
        if CANARIES.search(readable):
            self.found.append(readable)


GATHERER = Gatherer()
