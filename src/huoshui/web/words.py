"""Words for what the journal names: actions and fields. A test holds that every action has its words."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from huoshui.kernel.wording import clauses, listed
from huoshui.vault.crypto import DIGEST_PREFIX, is_digest
from huoshui.webhooks.events import TEST_EVENT

SYSTEM_TITLE = "系统"
ACTION_WORDS: dict[str, str | Promise] = {
    "packs.load": _("装载机制"),
    "packs.publish_edited": _("发布机制新版本"),
    "places.open": _("登记地点"),
    "places.amend": _("更新地点信息"),
    "places.import": _("批量导入地点"),
    "places.close": _("撤销地点"),
    "places.locate": _("标注位置"),
    "places.record_honour": _("登记荣誉"),
    "places.withdraw_honour": _("撤销荣誉"),
    "duties.open_unit": _("登记单位"),
    "duties.open_account": _("开立账号"),
    "duties.grant": _("分派职责"),
    "duties.end": _("结束职责"),
    "duties.set_password": _("重设密码"),
    "duties.deactivate_account": _("停用账号"),
    "duties.lock_account": _("登录失败锁定"),
    "duties.unlock_account": _("解锁账号"),
    "duties.set_email": _("登记账号邮箱"),
    "duties.sign_in": _("登录"),
    "duties.add_passkey": _("添加通行密钥"),
    "duties.rename_passkey": _("通行密钥改名"),
    "duties.remove_passkey": _("移除通行密钥"),
    "duties.link_identity": _("关联单点登录"),
    "duties.unlink_identity": _("解除单点登录关联"),
    "duties.turn_on_two_steps": _("开启两步验证"),
    "duties.turn_off_two_steps": _("关闭两步验证"),
    "duties.make_recovery_codes": _("生成恢复码"),
    "duties.issue_token": _("签发接口令牌"),
    "duties.rotate_token": _("更换接口令牌的密文"),
    "duties.revoke_token": _("撤销接口令牌"),
    "duties.reactivate_account": _("恢复账号"),
    "duties.delegate": _("安排代办"),
    "duties.end_delegation": _("提前结束代办"),
    "duties.note_delegation_end": _("代办期满"),
    "duties.note_end": _("职责到期"),
    "duties.hand_over": _("移交到期职责的事项"),
    "duties.issue_link": _("签发首次登录链接"),
    "duties.withdraw_links": _("收回首次登录链接"),
    "duties.use_link": _("凭首次登录链接设密码"),
    "places.rename": _("地点更名"),
    "places.move": _("地点改隶"),
    "places.merge": _("地点合并"),
    "places.split": _("地点拆分"),
    "places.undo_change": _("撤回区划调整"),
    "notices.mark_read": _("标为已读"),
    "notices.add_channel": _("添加提醒通道"),
    "notices.send_code": _("发送确认码"),
    "notices.confirm_channel": _("确认提醒通道"),
    "notices.remove_channel": _("移除提醒通道"),
    "notices.choose_ways": _("选择提醒方式"),
    "notices.set_hours": _("设置提醒时间"),
    "notices.send_test": _("发送测试提醒"),
    "notices.retry": _("重新发送提醒"),
    "webhooks.set_up": _("设置事件推送"),
    "webhooks.change": _("修改事件推送"),
    "webhooks.rotate_secret": _("更换推送的签名密钥"),
    "webhooks.turn": _("停用或启用事件推送"),
    "webhooks.give_up": _("停用送不到的事件推送"),
    "webhooks.remove": _("移除事件推送"),
    "webhooks.send_test": _("试发事件推送"),
    "webhooks.resend": _("重发事件"),
    "matters.save_view": _("共享台账视图"),
    "matters.delete_view": _("删除共享的台账视图"),
    "matters.change_view": _("改共享的台账视图"),
    "matters.open": _("立项登记"),
    "matters.open_failing": _("由考核问题立项"),
    "matters.assign": _("指定责任人"),
    "matters.edit": _("更正内容"),
    "matters.advance": _("办理"),
    "matters.hand_over": _("职责结束移交"),
    "matters.absorb": _("并入另一件"),
    "matters.release": _("并入的一件拆回"),
    "matters.split": _("拆成几件"),
    "matters.split_off": _("由另一件拆出"),
    "matters.rejoin": _("拆出的合回"),
    "matters.issue_letter": _("签发督办函"),
    "matters.put_in_letter": _("列入督办函"),
    "matters.reply_to_letter": _("答复督办函"),
    "matters.note_reply": _("答复督办函"),
    "matters.replace_letter_template": _("更换督办函模板"),
    "matters.put_under": _("改上级事项"),
    "matters.ask_extension": _("申请延期"),
    "matters.decide_extension": _("答复延期申请"),
    "matters.climb_ladder": _("逐级提醒"),
    "matters.recompute_due": _("按新日历重算时限"),
    "matters.write_line": _("记一笔资金"),
    "matters.reverse_line": _("冲销资金"),
    "matters.order_payment": _("下达支付"),
    "matters.confirm_payment": _("确认支付"),
    "matters.withdraw_order": _("撤回支付"),
    "subsidies.allocate": _("下达专项资金"),
    "subsidies.apply": _("申请补助"),
    "subsidies.approve": _("核定补助"),
    "subsidies.end_claim": _("结束补助申请"),
    "visits.edit_checklist": _("修改考核细则"),
    "visits.plan_round": _("筹备轮次"),
    "visits.amend_round": _("修改轮次"),
    "visits.set_places": _("选定村"),
    "visits.appoint_judges": _("指定评委"),
    "visits.dismiss_judge": _("撤下评委"),
    "visits.open_round": _("开始考核"),
    "visits.lock_round": _("锁定"),
    "visits.admit_late_visit": _("准予迟交计分"),
    "visits.record_adjustment": _("登记加减分"),
    "visits.withdraw_adjustment": _("撤回加减分"),
    "visits.compute_round": _("计算成绩"),
    "visits.ask_fairness": _("要求分析评分公允性"),
    "visits.keep_fairness": _("存入评分公允性分析"),
    "visits.keep_distances": _("采用里程表"),
    "visits.ask_tour": _("要求排行程"),
    "visits.keep_tour": _("存入排好的行程"),
    "visits.move_stop": _("移动行程中的一站"),
    "visits.adopt_tour": _("采用行程"),
    "visits.withdraw_results": _("撤回成绩"),
    "visits.withdraw_round": _("撤销轮次"),
    "visits.sign_round": _("签字"),
    "visits.seal_round": _("封存"),
    "visits.correct_result": _("更正成绩"),
    "visits.open_sheet": _("领取评分表"),
    "visits.start_visit": _("开始检查"),
    "visits.save_answers": _("保存打分"),
    "visits.submit_visit": _("提交评分表"),
    "visits.take_back_visit": _("撤回评分表"),
    "media.attach": _("上传照片"),
    "media.remove": _("撤下照片"),
    "media.reuse": _("引用照片"),
    "ops.restore": _("从备份恢复"),
    "vault.reveal": _("查看个人信息"),
    "vault.erase_again": _("恢复备份后重新删除个人信息"),
    "vault.erase_due": _("按期删除个人信息"),
}

SUBJECT_WORDS: dict[tuple[str, str], str | Promise] = {
    ("duties.account", "title"): _("职务称谓"),
    ("duties.delegation", "account"): _("代办人"),
    ("duties.delegation", "ended_at"): _("结束时间"),
    ("duties.apitoken", "name"): _("用途"),
    ("webhooks.webhook", "name"): _("用途"),
    ("duties.unit", "name"): _("单位名称"),
    ("matters.savedview", "unit"): _("共享给"),
    ("matters.matter", "title"): _("问题"),
    ("matters.letter", "until"): _("答复期限"),
    ("matters.matter", "until"): _("答复期限"),
    ("matters.matter", "detail"): _("详情"),
    ("matters.matter", "parent"): _("上级事项"),
    ("places.honour", "withdrawn_on"): _("撤销日期"),
    ("places.place", "closed_on"): _("撤销日期"),
    ("places.place", "opened_on"): _("设立日期"),
    ("places.placechange", "since"): _("生效日期"),
    ("places.placechange", "source"): _("原地点"),
    ("places.placechange", "result"): _("去向"),
    ("places.placechange", "parent"): _("新的上级"),
    ("visits.result", "total"): _("总分"),
    ("visits.round", "number"): _("评委序号"),
}
"""Words for fields that mean something of their own in one kind of subject (by its name in the journal)."""

FIELD_WORDS: dict[str, str | Promise] = {
    "kind": _("种类"),
    "code": _("代码"),
    "name": _("名称"),
    "short_name": _("简称"),
    "title": _("名称"),
    "username": _("用户名"),
    "file": _("文件"),
    "rows": _("行数"),
    "created": _("新登记"),
    "changed": _("更新"),
    "current": _("现行版本"),
    "checklist": _("考核细则"),
    "pack_version": _("机制版本"),
    "edited_from": _("改自版本"),
    "account": _("人员"),
    "principal": _("被代的人"),
    "successor": _("移交给"),
    "resting": _("未办结事项"),
    "ended_on": _("到期日"),
    "expires_at": _("有效期至"),
    "used_at": _("使用时间"),
    "withdrawn": _("收回条数"),
    "role": _("角色"),
    "pack": _("机制"),
    "since": _("开始"),
    "until": _("结束"),
    "level": _("级别"),
    "year": _("年度"),
    "parent": _("上级"),
    "latitude": _("纬度"),
    "precision": _("位置精度"),
    "longitude": _("经度"),
    "outline": _("边界"),
    "belongs_to": _("归属"),
    "successors": _("去向"),
    "state": _("状态"),
    "admitted": _("准予计分"),
    "severity": _("严重程度"),
    "close_reason": _("办结结果"),
    "duplicate_of": _("并入"),
    "absorbed": _("并进来的"),
    "shares": _("拆成的"),
    "letter": _("督办函"),
    "demand": _("督办要求"),
    "signer": _("签发人"),
    "copies": _("抄送"),
    "organ": _("发文机关"),
    "reply": _("答复"),
    "replied_on": _("答复日期"),
    "matters": _("事项"),
    "split_from": _("拆自"),
    "parts": _("分办事项"),
    "closed_on": _("销号日期"),
    "clock": _("所计期限"),
    "outcome": _("答复"),
    "due_on": _("到期日"),
    "extension_until": _("申请延至"),
    "due_provisional": _("暂定"),
    "supervised_on": _("督办日期"),
    "rungs": _("提醒级别"),
    "told": _("已提醒"),
    "owner": _("责任人"),
    "unit": _("责任单位"),
    "source_label": _("来源"),
    "opens_on": _("开始日期"),
    "closes_on": _("结束日期"),
    "places": _("地点"),
    "visit_on": _("计划到访"),
    "teams": _("组数"),
    "days": _("天数"),
    "left_out": _("没有排进的村"),
    "moved": _("移动的村"),
    "day": _("第几天"),
    "team": _("第几组"),
    "position": _("第几站"),
    "visited_on": _("到访日期"),
    "drop_highest": _("去掉最高分个数"),
    "drop_lowest": _("去掉最低分个数"),
    "minimum_judges": _("评委不少于"),
    "missing": _("缺项处理"),
    "quorum": _("认定不合格的评委数"),
    "decimals": _("小数位"),
    "sheets": _("评分表份数"),
    "failing": _("不合格项数"),
    "total": _("总分"),
    "rank": _("名次"),
    "detail": _("说明"),
    "caption": _("说明"),
    "may_write": _("可以写入"),
    "scopes": _("范围"),
    "expires_on": _("到期"),
    "must_change_password": _("须改密码"),
    "is_active": _("启用"),
    "judges": _("评委"),
    "points": _("分值"),
    "reason": _("理由"),
    "prefilled": _("已预填"),
    "answers": _("打分"),
    "strengths": _("亮点"),
    "shortcomings": _("不足"),
    "direction": _("方向"),
    "method": _("第二步"),
    "shown": _("凭什么登录"),
    "passkey": _("通行密钥"),
    "identity": _("人员标识"),
    "email": _("邮箱"),
    "attempts": _("连续失败次数"),
    "minutes": _("锁定时长"),
    "personal": _("个人信息项数"),
    "made_at": _("备份时间"),
    "sealed": _("备份内已封存条数"),
    "lost_entries": _("未能找回的条数"),
    "service": _("通道"),
    "host": _("接收方"),
    "events": _("推送的事件"),
    "event": _("事件"),
    "address": _("地址"),
    "ways": _("提醒方式"),
    "digest_at": _("汇总时间"),
    "working_days_only": _("只在工作日汇总"),
    "quiet_from": _("静默开始"),
    "quiet_until": _("静默结束"),
    "opened_on": _("立项日期"),
    "line_type": _("资金类型"),
    "line_amount": _("金额"),
    "line_day": _("日期"),
    "line_payer": _("付款方"),
    "line_voucher": _("凭证号"),
    "scheme": _("办法"),
    "pot_amount": _("资金总额"),
    "document": _("文号"),
}
"""Words for fields; an entry tells its fields in this order."""


def action_label(name: str) -> str:
    """An action's words; its name where it has none."""
    return str(ACTION_WORDS.get(name, name))


EVENT_GROUPS: dict[str, str | Promise] = {
    "matters": _("台账与事项"),
    "visits": _("观摩与评分表"),
    "places": pgettext_lazy("several", "地点"),
    "duties": _("职责与账号"),
    "packs": pgettext_lazy("several", "机制"),
    "subsidies": _("以奖代补"),
    "media": _("照片"),
}
"""Words for the groups of events that webhooks carry."""


def event_words(name: str) -> str:
    """The words of an event of webhooks: a group as a whole, an action, or a test."""
    group, _dot, rest = name.partition(".")
    if rest == "*":
        return gettext("{group}的全部事件").format(group=EVENT_GROUPS.get(group, group))
    return gettext("试发") if name == TEST_EVENT else action_label(name)


def field_label(name: str, subject: str = "") -> str:
    """A field's words, as they are for one kind of subject; its name where it has none."""
    return str(SUBJECT_WORDS.get((subject, name)) or FIELD_WORDS.get(name, name))


def actor_words(label: str) -> str:
    """Who acted, by title: the journal's label without the username that it ends with."""
    title = label.rpartition("（")[0] or label
    return gettext("系统") if title == SYSTEM_TITLE else title


def done_by(who: str, behalf: str) -> str:
    """Who acted, and whom they stood in for ("" for nobody), by title; ``behalf``: a label as the journal keeps it."""
    return gettext("%(who)s（代%(person)s）") % {"who": who, "person": actor_words(behalf)} if behalf else who


def value_words(value: Any) -> str:
    """A journalled value in words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, dict):
        return clauses(f"{field_label(key)} {value_words(part)}" for key, part in value.items())
    if isinstance(value, str) and is_digest(value):
        return gettext("个人信息（摘要 %(digest)s）") % {"digest": value.removeprefix(DIGEST_PREFIX)[:8]}
    if isinstance(value, list):
        return listed(value_words(part) for part in value)
    return str(value)
