"""What happens to requests and answers on their way."""

import gzip
import re

from tests.conftest import signed_in


def test_a_page_is_sent_packed_and_a_file_as_it_is(manager):
    client, packed = signed_in(manager), {"Accept-Encoding": "gzip"}

    page, file = client.get("/reports/", headers=packed), client.get("/reports/awards.csv", headers=packed)

    plain = client.get("/reports/")
    assert [one.get("Content-Encoding") for one in (page, file, plain)] == ["gzip", None, None]
    # A token is masked anew for each answer.
    without_token = [
        re.sub(rb'value="[A-Za-z0-9]{64}"', b"", one) for one in (gzip.decompress(page.content), plain.content)
    ]
    assert without_token[0] == without_token[1]


def test_a_question_longer_than_any_of_ours_is_refused_before_the_database_is_asked(clerk):
    longest, longer = (signed_in(clerk).get("/admin/projects/pledge/", {"q": "x" * count}) for count in (8188, 8189))

    assert [longest.status_code, longer.status_code] == [200, 400]
