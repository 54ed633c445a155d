"""Notices in words: what stands in brackets is left out when there is nothing to say in it."""

from __future__ import annotations

from huoshui.notices.texts import rendered

STEP = {"zh": "退回", "en": "Return"}
MOVED = {"place": "寨卜昌村", "number": "ZG-2018-0001", "title": "栏杆松动", "step": STEP, "state": STEP}


def test_a_step_without_a_note_ends_with_its_state() -> None:
    assert rendered("matter.moved", MOVED | {"note": ""}) == "寨卜昌村事项 ZG-2018-0001“栏杆松动”：退回，现为“退回”。"
    noted = rendered("matter.moved", MOVED | {"note": "照片不清"})
    assert noted == "寨卜昌村事项 ZG-2018-0001“栏杆松动”：退回，现为“退回”。说明：照片不清"
    english = rendered("matter.moved", MOVED | {"note": "[sic] {x}"}, "en")
    assert english.endswith("Return, now “Return”. Note: [sic] {x}")


def test_a_matter_without_a_deadline_is_not_due() -> None:
    given = {"place": "寨卜昌村", "number": "ZD-2018-0001", "title": "新建阵地"}
    assert rendered("matter.opened", given | {"due": ""}).endswith("新增事项 ZD-2018-0001“新建阵地”，由您负责。")
    assert rendered("matter.opened", given | {"due": "2018-05-01"}).endswith("，由您负责，办理时限 2018-05-01。")
