"""Finding the numbers of a text: statistics with unit and bound, and what is none. Sentences of our own making."""

from __future__ import annotations

import datetime as dt

import pytest

from huoshui.publications.blocks import BlockKind, paragraphs
from huoshui.publications.spotting import Bound, Kind, mentions
from huoshui.publications.units import fit
from huoshui.publications.whens import told_for, whens

DAY = dt.date(2018, 4, 2)


@pytest.mark.parametrize(
    ("text", "printed", "low", "unit", "bound"),
    [
        ("修路投入 36 万元", "36 万元", 360_000, "元", Bound.EXACT),
        ("完成投资2.5亿元", "2.5亿元", 250_000_000, "元", Bound.EXACT),
        ("建成300多平方米的村部", "300多平方米", 300, "平方米", Bound.ODD),
        ("培训1,200余人次", "1,200余人次", 1200, "人次", Bound.ODD),
        ("享受补贴人数2万多人", "2万多人", 20_000, "人", Bound.ODD),
        ("村数十二个", "十二个", 12, "个", Bound.EXACT),
        ("参保人数三万人", "三万人", 30_000, "人", Bound.EXACT),
        ("惠及20余万人", "20余万人", 200_000, "人", Bound.ODD),
        ("面积在1500平方米以上", "1500平方米以上", 1500, "平方米", Bound.AT_LEAST),
        ("不少于三十个座位", "三十个", 30, "个", Bound.AT_LEAST),
        ("超过2万元", "2万元", 20_000, "元", Bound.MORE),
        ("近三千人到场", "三千人", 3000, "人", Bound.NEARLY),
        ("总投资约100亿元", "100亿元", 10**10, "元", Bound.ABOUT),
        ("大约占地40亩左右", "40亩左右", None, "亩", Bound.ABOUT),
        ("控制在15人以内", "15人以内", 15, "人", Bound.AT_MOST),
        ("不足10户", "10户", 10, "户", Bound.LESS),
        ("达到百分之七十六", "百分之七十六", 76, "%", Bound.EXACT),
        ("占比78.5%", "78.5%", None, "%", Bound.EXACT),
        ("三成五以上的村", "三成五以上", 35, "%", Bound.AT_LEAST),
        ("五分之三的住户", "五分之三", 60, "%", Bound.EXACT),
        ("划分八个管理区", "八个", 8, "个", Bound.EXACT),
        ("两千名学生", "两千名", 2000, "名", Bound.EXACT),
        ("覆盖三百六十户", "三百六十户", 360, "户", Bound.EXACT),
        ("年收入十七点二万元", "十七点二万元", 172_000, "元", Bound.EXACT),
        ("提高2.3个百分点", "2.3个百分点", None, "个百分点", Bound.EXACT),
        ("实现“三连增”", "“三连增”", 36, "年", Bound.EXACT),
    ],
)
def test_statistics(text: str, printed: str, low: int | None, unit: str, bound: Bound) -> None:
    (found,) = [one for one in mentions(text) if one.kind == Kind.STATISTIC]
    assert (found.text, found.unit, found.bound) == (printed, unit, bound)
    assert low is None or found.low == low
    assert text[found.start : found.end] == printed


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("走访10-20户", 10, 20),
        ("补助3至5万元", 30_000, 50_000),
        ("投入3万至5万元", 30_000, 50_000),
        ("来了十至二十人", 10, 20),
    ],
)
def test_ranges(text: str, low: int, high: int) -> None:
    (found,) = mentions(text)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("2018年3月28日上午", Kind.DATE, "2018年3月28日"),
        ("3 月 27 日签约", Kind.DATE, "3 月 27 日"),
        ("举办到4月底", Kind.DATE, "4月底"),
        ("2017年建成", Kind.PERIOD, "2017年"),
        ("2018年第一季度", Kind.PERIOD, "2018年第一季度"),
        ("电话0391-3568888", Kind.PHONE, "0391-3568888"),
        ("手机13800138000", Kind.PHONE, "13800138000"),
        ("拨打12345热线", Kind.PHONE, "12345"),
        ("区发〔2018〕1号", Kind.DOCUMENT, "〔2018〕1号"),
        ("第三期计划", Kind.ORDINAL, "第三期"),
        ("第 12 届运动会", Kind.ORDINAL, "第 12 届"),
        ("推广“334”模式", Kind.NAME, "“334”"),
        ("解决“三无”问题", Kind.NAME, "“三无”"),
        ("落实八项规定", Kind.NAME, "八项规定"),
        ("八大工程", Kind.RANK, "八大"),
        ("全国500强企业", Kind.RANK, "500强"),
        ("五星级支部", Kind.RANK, "五星级"),
        ("60岁以上老人", Kind.AGE, "60岁"),
        ("一、总体情况", Kind.LISTING, "一、"),
        ("（二）主要做法", Kind.LISTING, "（二）"),
        ("3. 抓好落实", Kind.LISTING, "3."),
        ("来了几十人", Kind.VAGUE, "几十"),
        ("沿S104道路", Kind.IDENTIFIER, "S104"),
        ("上午9:30开会", Kind.TIME, "9:30"),
    ],
)
def test_what_is_no_statistic(text: str, kind: Kind, said: str) -> None:
    found = mentions(text)
    assert (kind, said) in [(one.kind, one.text) for one in found]
    assert [one for one in found if one.kind == Kind.STATISTIC] == []


@pytest.mark.parametrize("text", ["河道四无", "三农工作", "一心一意谋发展", "一批项目", "万众一心", "百姓满意"])
def test_numerals_inside_words_are_none(text: str) -> None:
    assert [one for one in mentions(text) if one.kind == Kind.STATISTIC] == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("去年完成，今年继续", ["2017", "2018"]),
        ("2018年第一季度", ["2018Q1"]),
        ("二〇一七年上半年", ["2017H1"]),
        ("去年三月", ["2017-03"]),
        ("3月28日", ["2018-03-28"]),
        ("12月28日", ["2017-12-28"]),
        ("截至目前", ["2018-04-02"]),
        ("上月", ["2018-03"]),
        ("“十三五”期间", ["2016/2020"]),
        ("2016—2018年", ["2016/2018"]),
        ("2018年2月30日", ["2018-02"]),
        ("三个月内", []),
    ],
)
def test_words_of_time(text: str, codes: list[str]) -> None:
    found = [one.period.code for one in whens(text, DAY)]
    if text == "2018年2月30日":  # a day that never was is none of its own
        assert "2018-02-30" not in found
    else:
        assert found == codes


def test_an_indicator_is_told_for_the_year_of_a_day_but_not_of_a_quarter() -> None:
    (day,), (quarter,) = whens("3月28日", DAY), whens("2018年第一季度", DAY)
    assert told_for(day.period, ["year"]).code == "2018"  # type: ignore[union-attr]
    assert told_for(quarter.period, ["year"]) is None
    assert told_for(quarter.period, ["year", "quarter"]) == quarter.period


@pytest.mark.parametrize(
    ("printed", "told", "fits"),
    [("名", "人", True), ("万元", "亿元", True), ("亩", "平方米", True), ("个", "所", True), ("人", "%", False),
     ("元", "个", False), ("", "%", False), ("", "个", True), ("人次", "场", False)],
)  # fmt: skip
def test_units_that_can_mean_the_same(printed: str, told: str, fits: bool) -> None:
    assert bool(fit(printed, told)) is fits


def test_lines_broken_in_a_sentence_are_joined_again() -> None:
    text = "\n".join(
        [
            "本报讯（记者张某）某镇今年新修",
            "道路十二条，投入专项资金 360 万",
            "元，其中村级道路八条。该镇还新",
            "",
            "建卫生室 6 个，服务群众两千余人",
            "次。",
            "",
            "某镇道路通到家门口",
            "",
            "本报讯（记者李某）另一个镇也开",
            "展了三期培训。",
        ]
    )
    found = paragraphs(text)
    assert [block.kind for block in found] == [BlockKind.TEXT, BlockKind.HEADING, BlockKind.TEXT]
    assert "360 万元，其中" in found[0].text
    assert "还新建卫生室" in found[0].text
    assert "两千余人次。" in found[0].text
    assert [block.article for block in found] == [0, 0, 1]


def test_long_lines_are_paragraphs_of_their_own() -> None:
    long = "全区各乡镇认真落实各项任务，" * 6 + "成效明显。"
    assert len(paragraphs(f"{long}\n{long}\n")) == 2


def test_letters_spread_over_a_line_are_brought_together() -> None:
    (block,) = paragraphs("所 占 比 例 为 78% 。")
    assert "所占比例为" in block.text
