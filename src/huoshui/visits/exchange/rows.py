"""A definition as the flat rows of a workbook: one value a column, closed ones in words. Both ways."""

from __future__ import annotations

from typing import Any

from huoshui.visits.exchange.layout import ADJUSTMENTS, GRADES, ITEMS, SECTIONS, TODAY
from huoshui.visits.exchange.source import Node
from huoshui.visits.exchange.words import Labels, Vocabulary, opens_code

Row = dict[str, str]
"""By the column's key; what is empty is left out."""


def rows_of(definition: Node, words: Vocabulary) -> dict[str, list[Row]]:
    """The rows of the four tables, in order."""
    sections, items = definition["sections"], [item for s in definition["sections"] for item in s["items"]]
    of_section, of_item = section_labels(sections), item_labels(items)
    found: dict[str, list[Row]] = {SECTIONS: [], ITEMS: [], GRADES: [], ADJUSTMENTS: []}
    for section in sections:
        found[SECTIONS].append(
            _filled({"code": section["code"], **_named(section), **_plain(section, "points", "relevant")})
        )
        for item in section["items"]:
            found[ITEMS].append(_item(item, of_section.label(section["code"]), words))
            found[GRADES] += [
                _filled({"item": of_item.label(item["code"]), **_coded(option), "points": option.get("points")})
                for option in item["scoring"].get("options", [])
            ]
    for entry in definition.get("adjustments", []):
        kind = words["kinds"].label(entry["kind"])
        found[ADJUSTMENTS].append(_filled({**_coded(entry), "kind": kind, "maximum": entry["maximum"]}))
    return found


def section_labels(sections: list[Node]) -> Labels:
    """What sections are called in the other tables."""
    return Labels((section["code"], section["name"]["zh"]) for section in sections)


def item_labels(items: list[Node]) -> Labels:
    """What items are called in the table of grades."""
    return Labels((item["code"], item["name"]["zh"]) for item in items)


def head_of(definition: Node, words: Vocabulary) -> Row:
    """The values of the first sheet."""
    rules, ranking = definition["rules"], definition.get("ranking", {})
    lists = ranking.get("lists", {})
    quorum = rules["quorum"]
    values: dict[str, Any] = {
        **_named(definition),
        "place_kinds": "、".join(words["place_kinds"].label(kind) for kind in definition["place_kinds"]),
        "points": definition.get("points"),
        "decimals": definition["decimals"],
        **{key: rules[key] for key in ("drop_highest", "drop_lowest", "minimum_judges")},
        "missing": words["missing"].label(rules["missing"]),
        "quorum": None if quorum == "majority" else quorum,
        **_texts("ranking", ranking.get("purpose")),
        **_texts("lists", lists.get("purpose")),
        "lists.red": lists.get("red"),
        "lists.blue": lists.get("blue"),
    }
    for method, name in definition["method_names"].items():
        values |= _texts(f"method.{method}", name)
    return _filled(values)


def _item(item: Node, section: str, words: Vocabulary) -> Row:
    evidence = item.get("evidence", {})
    return _filled(
        {
            "section": section,
            **_coded(item),
            **_texts("guidance", item.get("guidance")),
            "method": words["methods"].label(item["method"]),
            "points": item["points"],
            **_scoring(item["scoring"], words),
            "prefill": words["prefill"].label(item["prefill_from"]) if "prefill_from" in item else None,
            "relevant": item.get("relevant"),
            **_texts("message", item.get("constraint_message")),
            "photos": evidence.get("photos"),
            "when": words["when"].label(evidence["when"]) if evidence else None,
            "fails_below": item.get("fails_below"),
            "opens": words["opens"].label(opens_code(item["opens"])) if "opens" in item else None,
        }
    )


def _scoring(scoring: Node, words: Vocabulary) -> dict[str, Any]:
    how = how_of(scoring)
    said: dict[str, Any] = {"how": words["how"].label(how)}
    match how:
        case "steps":
            said["step"] = scoring["step"]
        case "deduction":
            said |= {"per_finding": scoring["per_finding"], "most_off": scoring.get("maximum")}
        case "yes_no" if "fails_when" in scoring:
            said["fails_when"] = words["yes_no"].label(scoring["fails_when"])
        case "threshold":
            bound = next((name for name in ("at_least", "at_most") if name in scoring), "")
            said |= _plain(scoring, "unit", "minimum", "maximum", "decimals")
            said |= {"bound": words["bounds"].label(bound), "limit": scoring.get(bound)}
            said["below"] = words["below"].label(scoring["below"])
        case "text":
            said |= {"long": words["yes_no"].label("yes" if scoring["long"] else "no"), **_plain(scoring, "max_length")}
        case "date":
            latest = scoring.get("latest")
            said |= {"earliest": scoring.get("earliest"), "latest": TODAY if latest == "today" else latest}
        case "choices":
            said |= {"fewest": scoring["at_least"], "most": scoring.get("at_most")}
    return said


def how_of(scoring: Node) -> str:
    """The way of scoring as the workbook names it: graded ones are of two kinds."""
    if scoring["type"] != "graded":
        return str(scoring["type"])
    return "grades" if scoring.get("options") else "steps"


def _plain(node: Node, *keys: str) -> dict[str, Any]:
    return {key: node.get(key) for key in keys}


def _coded(node: Node) -> dict[str, Any]:
    return {"code": node["code"], **_named(node)}


def _named(node: Node) -> dict[str, Any]:
    return _texts("name", node["name"])


def _texts(key: str, text: dict[str, str] | None) -> dict[str, Any]:
    """Both languages; an English text that only repeats the Chinese is left empty."""
    if text is None:
        return {}
    return {f"{key}.zh": text["zh"], f"{key}.en": "" if text["en"] == text["zh"] else text["en"]}


def _filled(values: dict[str, Any]) -> Row:
    return {key: str(value) for key, value in values.items() if value not in (None, "")}
