"""A server of one file that breaks off in its midst, to see what whoever fetches it is told."""

from collections.abc import Callable, Iterator

import django
from django.http import StreamingHttpResponse

from alleviation.common.csv_out import FIRST_PARTS, download

django.setup()


def parts() -> Iterator[bytes]:
    """More than is made before the answer begins, and then a failure that quotes a person."""
    for _number in range(FIRST_PARTS + 2):
        yield b"a row\r\n"
    raise ValueError("the row of 110101199003078515")


def application(environ: dict[str, object], start_response: Callable[..., object]) -> StreamingHttpResponse:
    """The file, whatever is asked for; "/healthz" is whole."""
    is_whole = environ["PATH_INFO"] == "/healthz"
    response = download([b"ok"] if is_whole else parts(), "x.csv", "text/csv")
    start_response("200 OK", list(response.items()))
    return response
