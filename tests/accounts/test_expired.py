"""What becomes of a form that is sent when its session has ended."""

from html import unescape

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/projects/project/add/"


def test_form_that_is_sent_after_the_session_ended_is_told_to_be_unsaved():
    answer = Client().post(ADDRESS, {"code": "R-1"})

    assert answer["Location"] == f"/sign-in/?next={ADDRESS}&unsaved=1"
    asked = Client().get(answer["Location"]).content.decode()
    assert "Nothing was saved: you had been signed out before." in asked
    assert "your browser's back button" in unescape(asked)


def test_page_that_is_only_opened_is_told_nothing():
    answer = Client().get(ADDRESS, follow=True)

    assert answer.redirect_chain[-1][0] == f"/sign-in/?next={ADDRESS}"
    assert "Nothing was saved" not in answer.content.decode()


def test_sign_out_after_the_session_ended_only_leads_away():
    assert "unsaved" not in Client().post("/admin/logout/")["Location"]
