"""A passkey in a browser: set up and used under the strict policy, by somebody whom an administrator let in."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.visiting import Reception, Way

if TYPE_CHECKING:
    from playwright.sync_api import Page

GIVEN, OWN = "given by somebody else", "known to nobody else"
# A key inside the device, whose owner always says yes.
KEY = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
KEY |= {"hasResidentKey": True, "automaticPresenceSimulation": True}


def fill(page: "Page", fields: dict[str, str]) -> None:
    for name, value in fields.items():
        page.fill(f"#id_{name}", value)


def sign_in(page: "Page", base: str, password: str) -> None:
    page.goto(f"{base}/sign-in/")
    fill(page, {"username": "key-holder", "password": password})
    page.click("form.panel button")


@pytest.mark.slow
def test_a_passkey_is_set_up_and_lets_its_owner_in(reception: Reception, chromium: Any):
    with reception.visit(Way("administrator")) as visit:
        visit.open("/admin/accounts/user/add/")
        visit.page.select_option("#id_role", "manager")
        fill(visit.page, {"username": "key-holder", "password1": GIVEN, "password2": GIVEN})
        visit.page.click("input[name=_save]")
        visit.page.wait_for_url("**/admin/accounts/user/")
    # A key is of a host by its name: it knows no numbers.
    base = reception.base.replace("127.0.0.1", "localhost")
    page = chromium.new_page(locale="en-US")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

    sign_in(page, base, GIVEN)
    page.wait_for_url("**/account/password/")
    fill(page, {"old_password": GIVEN, "new_password1": OWN, "new_password2": OWN})
    page.click("form.panel button")
    page.wait_for_url("**/account/")
    page.goto(f"{base}/account/second-factor/passkey/")
    fill(page, {"password": OWN, "name": "laptop"})
    page.click("form[data-passkey] button")
    page.wait_for_selector(".codes")
    page.context.clear_cookies()
    sign_in(page, base, OWN)
    page.wait_for_url("**/sign-in/second-step/")
    page.click("form[data-passkey] button")
    page.wait_for_url(f"{base}/")

    assert complaints == []
    page.context.close()
