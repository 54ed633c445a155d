"""The pages of webhooks, and the same over the API."""

from __future__ import annotations

import re
from types import SimpleNamespace

from django.urls import reverse
from standardwebhooks import Webhook as Verifier

from huoshui.duties.actions import end_duty, grant_duty
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.journal import seal_pending
from huoshui.kernel.models import Entry
from huoshui.places.actions import amend_attributes
from huoshui.webhooks.actions import set_up
from huoshui.webhooks.models import Telling, Webhook
from huoshui.webhooks.outbox import deliver, gather
from tests.web.api_client import codes, done, send
from tests.web.test_api_coverage import token_for
from tests.web.test_people import SignIn
from tests.webhooks.conftest import Receiver, _today, listening, receiver  # noqa: F401 - fixtures

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


def test_set_up_tried_changed_and_removed_on_its_page(
    cast: SimpleNamespace,
    signed_in: SignIn,
    receiver: Receiver,  # noqa: F811 - a fixture
) -> None:
    client = signed_in(cast.administrator)
    refused = client.post(reverse("webhook_new"), {"name": "平台", "url": "https://10.0.0.5/", "event-matters.*": "on"})
    assert refused.status_code == 422
    assert "HUOSHUI_PRIVATE_HOSTS" in refused.content.decode()
    given = {"name": "平台", "url": receiver.url, "event-matters.*": "on", "event-visits.seal_round": "on"}
    page = client.post(reverse("webhook_new"), given).content.decode()
    secret = SECRET.findall(page)[0]
    webhook = Webhook.objects.get()
    assert webhook.events == ["matters.*", "visits.seal_round"]
    address = reverse("webhook", args=[webhook.pk])
    assert not SECRET.search(client.get(address).content.decode())
    assert "对方已收下（204）" in client.post(address, {"step": "test"}, follow=True).content.decode()
    headers, body = receiver.posts[0]
    assert Verifier(secret).verify(body, headers)["type"] == "webhook.test"
    telling = Telling.objects.get()
    client.post(address, {"step": "resend", "telling": telling.pk})
    assert receiver.ids() == [f"msg_{telling.pk}"] * 2
    stale = client.post(address, {**given, "step": "change", "version": 9})
    assert stale.status_code == 409
    client.post(address, {**given, "name": "区平台", "step": "change", "version": 1})
    assert SECRET.findall(client.post(address, {"step": "rotate"}).content.decode()) != [secret]
    client.post(address, {"step": "turn", "on": "0"})
    webhook.refresh_from_db()
    assert (webhook.name, webhook.is_active) == ("区平台", False)
    assert client.post(address, {"step": "resend", "telling": "none"}).status_code == 404
    assert "区平台" in client.get(reverse("webhooks")).content.decode()
    client.post(address, {"step": "remove"})
    assert client.get(address).status_code == 404
    assert "还没有事件推送" in client.get(reverse("webhooks")).content.decode()


def test_who_may_not_manage_them_opens_no_page(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.secretary)
    for name in ("webhooks", "webhook_new", "all_tokens"):
        assert client.get(reverse(name)).status_code == 403, name
    assert f'href="{reverse("webhooks")}"' not in client.get(reverse("tokens")).content.decode()


def test_the_link_of_an_event_leads_to_what_it_is_about(cast: SimpleNamespace, signed_in: SignIn) -> None:
    amend_attributes(by=cast.administrator, place=cast.land.village, attributes={"households": 3})
    entry = Entry.objects.get(action="places.amend")
    address = reverse("journal_entry", args=[entry.seq])
    assert signed_in(cast.administrator).get(address).url == reverse("journal")
    assert signed_in(cast.secretary).get(address).status_code == 404


def test_over_the_api_the_secret_is_told_once(
    cast: SimpleNamespace,
    receiver: Receiver,  # noqa: F811 - a fixture
) -> None:
    program = token_for(cast.administrator, "webhooks:write")
    body = {"name": "平台", "url": receiver.url, "events": ["places.*"]}
    first = done(send(program, "POST", "/webhooks", body, "k"))
    again = done(send(program, "POST", "/webhooks", body, "k"))
    assert SECRET.fullmatch(first["secret"])
    assert again == {**first, "secret": ""}
    path = f"/webhooks/{first['id']}"
    tried = done(send(program, "POST", f"{path}/test"))
    assert (tried["state"], tried["status"], tried["entry"]) == ("sent", 204, None)
    assert done(send(program, "GET", f"{path}/events"))["items"] == [tried]
    resent = done(send(program, "POST", f"{path}/events/{tried['id']}/resend"))
    assert resent["message_id"] == tried["message_id"]
    assert SECRET.fullmatch(done(send(program, "POST", f"{path}/secret"))["secret"])
    assert not done(send(program, "POST", f"{path}/turn", {"on": False}))["is_active"]
    assert codes(send(program, "POST", f"{path}/test")) == ["webhook.off"]
    done(send(program, "DELETE", path))
    assert send(program, "GET", f"{path}/events").status_code == 404
    refused = send(program, "POST", "/webhooks", {**body, "url": "https://192.168.0.1/"})
    assert codes(refused) == ["outward.private"]


def test_the_address_of_another_is_shown_no_further_than_its_host(
    cast: SimpleNamespace,
    signed_in: SignIn,
    receiver: Receiver,  # noqa: F811 - a fixture
) -> None:
    """What follows the host may hold a key."""
    own, _ = set_up(by=cast.administrator, name="平台", url=f"{receiver.url}?key=S3CRET", events=["matters.*"])
    grant_duty(
        by=system_account(), account=cast.auditor, role="administrator", place=cast.land.district, since=clock.today()
    )
    address = reverse("webhook", args=[own.pk])
    for reader, told in ((cast.administrator, own.url), (cast.auditor, "http://127.0.0.1")):
        client, program = signed_in(reader), token_for(reader, "webhooks:write")
        (row,) = done(send(program, "GET", "/webhooks"))["items"]
        assert row["url"] == told
        assert done(send(program, "POST", f"/webhooks/{own.pk}/turn", {"on": False}))["url"] == told
        for page in (address, reverse("webhooks")):
            text = client.get(page).content.decode()
            assert told in text
            assert ("S3CRET" in text) == (reader == cast.administrator)


def test_what_was_held_back_from_its_owner_is_not_listed(
    cast: SimpleNamespace,
    signed_in: SignIn,
    receiver: Receiver,  # noqa: F811 - a fixture
) -> None:
    """Neither on its page, nor as the last event of the list, nor over the API; its number sends nothing again."""
    owner, elsewhere = cast.town_office, cast.land.other_village
    for place in (cast.land.town, cast.land.other_town):
        grant_duty(by=system_account(), account=owner, role="administrator", place=place, since=clock.today())
    seal_pending()
    webhook, _ = set_up(by=owner, name="平台", url=receiver.url, events=["places.*"])
    amend_attributes(by=cast.administrator, place=elsewhere, attributes={"households": 3})
    seal_pending()
    gather()
    held = Telling.objects.get()
    end_duty(by=system_account(), duty=owner.duties.get(place=cast.land.other_town), until=clock.today())
    owner = type(owner).objects.get(pk=owner.pk)
    assert deliver(held.pk).state == "withheld"
    amend_attributes(by=cast.administrator, place=cast.land.village, attributes={"households": 4})
    seal_pending()
    gather()
    seen = Telling.objects.exclude(pk=held.pk).get()
    page, path = reverse("webhook", args=[webhook.pk]), f"/webhooks/{webhook.pk}/events"
    client, program = signed_in(owner), token_for(owner, "webhooks:write")
    text = client.get(page).content.decode()
    assert f"/journal/{seen.entry_seq}" in text
    assert f"/journal/{held.entry_seq}" not in text
    assert "不发" not in text + client.get(reverse("webhooks")).content.decode()
    assert [row["entry"] for row in done(send(program, "GET", path))["items"]] == [seen.entry_seq]
    assert client.post(page, {"step": "resend", "telling": held.pk}).status_code == 404
    assert send(program, "POST", f"{path}/{held.pk}/resend").status_code == 404
    whole = done(send(token_for(cast.administrator, "webhooks:read"), "GET", path))
    assert [row["state"] for row in whole["items"]] == ["waiting", "withheld"]
    assert len(receiver.posts) == 0
