"""Places in the admin: administrators keep them, everybody else reads."""

from alleviation.audit.models import AuditEvent
from projects.models import Succession
from tests.admin_pages import errors, page, submit
from tests.conftest import signed_in
from tests.factories import place


def test_succession_is_set_by_an_administrator_with_its_source(administrator, ruoduo):
    today = place("513228107205", "若多村民委员会", vintage=2023)
    fields = {"predecessor": ruoduo.pk, "successor": today.pk, "kind": "recoded", "source": "County notice"}

    submit(signed_in(administrator), page("projects_succession", "add"), **fields)

    assert str(Succession.objects.get()) == "513228212205 → 513228107205"
    assert AuditEvent.objects.get().actor == administrator.username


def test_place_cannot_succeed_itself(administrator, ruoduo):
    fields = {"predecessor": ruoduo.pk, "successor": ruoduo.pk, "kind": "recoded", "source": "Nowhere"}

    response = submit(signed_in(administrator), page("projects_succession", "add"), **fields)

    assert errors(response) == {"__all__": ["A place cannot succeed itself."]}


def test_place_leads_to_its_page_those_who_may_read_it(administrator, clerk, ruoduo):
    address, link = page("projects_division", "change", ruoduo.pk), f'href="{ruoduo.get_absolute_url()}"'

    led = {user.username: link in signed_in(user).get(address).content.decode() for user in (administrator, clerk)}

    assert led == {administrator.username: False, clerk.username: True}


def test_clerk_reads_places_without_changing_them(clerk, ruoduo):
    client, address = signed_in(clerk), page("projects_division", "change", ruoduo.pk)

    assert client.get(address).context["has_change_permission"] is False
    assert client.post(address, {"name": "Mine"}).status_code == 403
