"""Notices in a real installation: processes that do the same at once, and one that is killed half-way."""

from __future__ import annotations

import json

from tests.commands.conftest import Installation
from tests.notices.conftest import listening

SCRIPT = """
import datetime as dt, json, sys
from django.db import connections
from huoshui.duties.actions import grant_duty, open_account, open_unit
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.models import Entry
from huoshui.matters.actions import open_matter, run_ladder
from huoshui.matters.models import LadderMark
from huoshui.notices import channels, outbox
from huoshui.notices.confirming import code_of
from huoshui.notices.models import Message, Notice
from huoshui.places.actions import open_place
from huoshui.places.models import Place

by, url = system_account(), "URL"
NOON = clock.local_moment(dt.date(2018, 4, 2), 12)
LATE = clock.local_moment(dt.date(2018, 4, 25), 12)

def in_children(*works):
    "Each work in a process of its own, all at once; how each ended."
    connections.close_all()
    children = []
    for work in works:
        child = os.fork()
        if not child:
            with clock.set_to(LATE):
                work()
            os._exit(0)
        children.append(child)
    return [os.waitpid(child, 0)[1] for child in children]

def climb():
    run_ladder()
    outbox.deliver_due()

def die_after_sending():
    outbox._mark = lambda *_given: os.kill(os.getpid(), 9)
    outbox.deliver_due()

with clock.set_to(NOON):
    place = Place.objects.get(code="41")
    for kind, code, name in (("city", "4108", "焦作市"), ("district", "410871", "示范区"),
                             ("township", "410871203", "苏家作乡"), ("village", "410871203201", "寨卜昌村")):
        place = open_place(by=by, kind=kind, code=code, name=name, parent=place)
    unit = open_unit(by=by, place=place, name="村委会")
    secretary = open_account(by=by, username="secretary", title="支书", unit=unit)
    grant_duty(by=by, account=secretary, role="village_secretary", place=place, since=dt.date(2016, 1, 1))
    office = open_account(by=by, username="office", title="党建办", unit=unit)
    grant_duty(by=by, account=office, role="town_office", place=place.parent, since=dt.date(2016, 1, 1))
    channel = channels.add_channel(by=secretary, kind="robot", address=url)
    channels.send_code(by=secretary, channel=channel)
    channel.refresh_from_db()
    channels.confirm_channel(by=secretary, channel=channel, code=code_of(channel))
    Message.objects.all().delete()
    open_matter(by=office, kind="rectification.item", place=place, title="栏杆松动", owner=secretary)
    outbox.deliver_due()
found = {"ended": in_children(climb, climb, climb)}
found["fired"] = LadderMark.objects.count()
found["entries"] = Entry.objects.filter(action="matters.climb_ladder").count()
found["notices"] = Notice.objects.filter(code="matter.overdue").count()
with clock.set_to(LATE):
    open_matter(by=office, kind="rectification.item", place=place, title="路灯不亮", owner=secretary)
found["killed"] = in_children(die_after_sending)
with clock.set_to(LATE + dt.timedelta(minutes=11)):
    outbox.tick()
    outbox.deliver_due()
found["states"] = sorted(Message.objects.values_list("state", flat=True))
found["errors"] = sorted(Message.objects.values_list("error", flat=True))
print(json.dumps(found))
"""


def test_processes_at_once_and_one_that_is_killed(prepared: Installation) -> None:
    with listening() as robot:
        prepared.settings["HUOSHUI_PRIVATE_TARGETS"] = "true"
        found = json.loads(prepared.script(SCRIPT.replace("URL", robot.url)))
        titles = [post["title"] for post in robot.posts]
        assert titles == ["活水：交给您办的事项", "活水：逾期与督办", "活水：交给您办的事项"]
        assert found["ended"] == [0, 0, 0]
        assert (found["fired"], found["entries"], found["notices"]) == (1, 1, 2)
        assert found["killed"] == [9]
        assert found["states"] == ["sent", "sent", "unsure"]
        assert found["errors"] == ["", "", "notice.cut_off"]
