"""Words for what the journal names: actions and fields. A test holds that every action has its words."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.kernel.wording import clauses, listed
from huoshui.vault.crypto import DIGEST_PREFIX, is_digest
from huoshui.web.field_words import FIELD_WORDS, SUBJECT_WORDS

SYSTEM_TITLE = "系统"

ACTION_WORDS: dict[str, str | Promise] = {
    "packs.load": _("装载机制"),
    "documents.issue": _("签发文书"),
    "documents.replace_template": _("更换文书模板"),
    "documents.ask_batch": _("要求批量签发文书"),
    "documents.end_batch": _("办完批量签发"),
    "packs.publish_edited": _("发布机制新版本"),
    "packs.start_draft": _("新建机制草稿"),
    "packs.change_draft": _("修改机制草稿"),
    "packs.describe_draft": _("修改草稿的说明"),
    "packs.publish_draft": _("发布机制草稿"),
    "packs.discard_draft": _("放弃机制草稿"),
    "packs.go_back": _("恢复机制的旧版"),
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
    "console.ask": _("在查询台查询"),
    "console.save_query": _("保存查询"),
    "console.remove_query": _("删除保存的查询"),
    "exchange.set_codes": _("维护交换代码"),
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
    "matters.open_found": _("由检查发现立项"),
    "matters.take_over": _("由旧台账补录"),
    "matters.open_for_request": _("由服务申请立项"),
    "matters.open_correction": _("由差评立项整改"),
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
    "matters.follow_promise": _("按新日历移动承诺的时限"),
    "services.recompute_promise": _("按新日历重算承诺日期"),
    "matters.remind_again": _("提醒复办到期"),
    "matters.recompute_due": _("按新日历重算时限"),
    "matters.write_line": _("记一笔资金"),
    "matters.reverse_line": _("冲销资金"),
    "matters.order_payment": _("下达支付"),
    "matters.confirm_payment": _("确认支付"),
    "matters.withdraw_order": _("撤回支付"),
    "figures.fill": _("填写报表"),
    "figures.submit": _("提交报表"),
    "figures.approve": _("批准数据"),
    "figures.send_back": _("退回数据"),
    "figures.reopen": _("重开已批准的数据"),
    "figures.take": _("导入有来源的数"),
    "figures.set_target": _("下达目标"),
    "figures.drop_target": _("撤回目标"),
    "figures.look_for_conflicts": _("核对出数据分歧"),
    "figures.give_conflict": _("交办数据分歧"),
    "figures.decide_conflict": _("裁定数据分歧"),
    "publications.keep_check": _("核对公开材料"),
    "publications.explain": _("说明公开材料的差异"),
    "forms.propose": _("登记报表"),
    "forms.add_version": _("上传报表新版本"),
    "forms.map_cells": _("映射报表的格子"),
    "forms.approve": _("批准报表"),
    "forms.end": _("停用报表"),
    "forms.fill": _("填报"),
    "forms.seal": _("报表签章"),
    "forms.assume": _("设定填报用时"),
    "services.publish_offer": _("公布服务办理点"),
    "services.change_offer": _("更改服务办理点"),
    "services.end_offer": _("停办服务"),
    "services.take_request": _("受理服务申请"),
    "services.take_bundle": _("打包受理一件事"),
    "services.hand_in_materials": _("登记补交材料"),
    "services.print_slip": _("打印受理单"),
    "services.rate": _("录入纸质评价"),
    "services.rate_by_code": _("凭查询码评价"),
    "services.follow_request": _("申请办到下一步"),
    "services.follow_correction": _("差评整改办到下一步"),
    "subsidies.allocate": _("下达专项资金"),
    "subsidies.apply": _("申请补助"),
    "subsidies.approve": _("核定补助"),
    "subsidies.end_claim": _("结束补助申请"),
    "schedules.begin": _("启用应办安排"),
    "schedules.end": _("停用应办安排"),
    "schedules.make_due": _("到期生成应办"),
    "schedules.remind": _("提醒应办"),
    "schedules.excuse": _("准予免办"),
    "schedules.withdraw_excuse": _("收回免办"),
    "activities.plan": _("计划活动"),
    "activities.change_plan": _("改活动计划"),
    "activities.record": _("登记活动开展情况"),
    "activities.record_at_once": _("登记活动"),
    "activities.correct": _("更正活动"),
    "activities.cancel": _("取消活动"),
    "activities.record_consent": _("登记儿童照片的同意"),
    "activities.withdraw_consent": _("撤回儿童照片的同意"),
    "activities.open_feed": _("生成日历地址"),
    "activities.end_feed": _("停用日历地址"),
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
    "visits.remind_survey": _("提醒填调查"),
    "visits.save_answers": _("保存打分"),
    "visits.submit_visit": _("提交评分表"),
    "visits.take_back_visit": _("撤回评分表"),
    "media.attach": _("上传照片或文件"),
    "media.remove": _("撤下照片或文件"),
    "media.reuse": _("引用已有的照片或文件"),
    "media.caption": _("改照片或文件的说明"),
    "ops.restore": _("从备份恢复"),
    "vault.reveal": _("查看个人信息"),
    "vault.erase_again": _("恢复备份后重新删除个人信息"),
    "vault.erase_due": _("按期删除个人信息"),
}


def action_label(name: str) -> str:
    """An action's words; its name where it has none."""
    return str(ACTION_WORDS.get(name, name))


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
