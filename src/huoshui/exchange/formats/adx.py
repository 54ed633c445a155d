"""ADX, IHE's profile for aggregate data (QRPH, urn:ihe:qrph:adx:2015): written of figures, and read.

``adx/group[@orgUnit, @period, @dataSet]/dataValue[@dataElement, @value]``; any other attribute breaks a value down.
"""

from __future__ import annotations

import io
from itertools import groupby
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.saxutils import XMLGenerator

from defusedxml import DefusedXmlException, sax

from huoshui.exchange.codes import Codes
from huoshui.exchange.formats.incoming import MOST_BYTES, MOST_ROWS, Incoming, Reading, Told, checked
from huoshui.exchange.formats.outgoing import parts_of, plain_value, told_figures
from huoshui.exchange.formats.periods import from_interval, to_interval
from huoshui.exchange.selecting import Selection
from huoshui.figures.queries import Figure
from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal

NAMESPACE = "urn:ihe:qrph:adx:2015"
SAID = {"dataElement", "value", "created", "lastUpdated", "storedBy", "followup", "comment"}
"""What is said of a value itself; DHIS2 adds the last ones."""
GROUP = {"orgUnit", "period", "dataSet", "completeDate", "comment"}
SET = "HUOSHUI"
"""The data set of a file that names none: ADX wants one."""


def written(actor: Actor, chosen: Selection, codes: Codes, dataset: str = "") -> bytes:
    """The figures that have a value, in a group for each place and period."""
    found = sorted(told_figures(actor, chosen), key=_group)
    stream = io.BytesIO()
    xml = XMLGenerator(stream, "UTF-8", short_empty_elements=True)
    xml.startDocument()
    exported = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    xml.startElement("adx", {"xmlns": NAMESPACE, "exported": exported})  # type: ignore[arg-type]
    for (place, _period), group in groupby(found, key=_group):
        rows = list(group)
        xml.characters("\n ")
        about = {"orgUnit": codes.unit(place), "period": to_interval(rows[0].period), "dataSet": dataset or SET}
        xml.startElement("group", about)  # type: ignore[arg-type]
        for one in rows:
            _value(xml, one, codes)
        xml.characters("\n ")
        xml.endElement("group")
    xml.characters("\n")
    xml.endElement("adx")
    xml.endDocument()
    return stream.getvalue()


def _group(one: Figure) -> tuple[str, str]:
    return one.place.code, one.period.code


def _value(xml: Any, one: Figure, codes: Codes) -> None:
    xml.characters("\n  ")
    xml.startElement("dataValue", {"dataElement": codes.element(one.indicator.qualified), "value": plain_value(one)})
    if parts := parts_of(one):
        xml.startElement("annotation", {})
        xml.characters(parts)
        xml.endElement("annotation")
    xml.endElement("dataValue")


def read(data: bytes, reading: Reading) -> Incoming:
    """An ADX file. Raises exchange.too_large, exchange.not_xml, exchange.xml_unsafe or exchange.not_adx."""
    if len(data) > MOST_BYTES:
        raise Refusal("exchange.too_large", field="file", limit=MOST_BYTES // 1_000_000)
    reader = _Reader()
    parser = sax.make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(reader)
    try:
        parser.parse(io.BytesIO(data))
    except DefusedXmlException:
        raise Refusal("exchange.xml_unsafe", field="file") from None
    except (SAXException, ValueError, LookupError) as error:
        raise Refusal("exchange.not_xml", field="file", reason=str(error)[:200]) from None
    return checked(reader.told, reading, from_interval, reader.dataset)


class _Reader(ContentHandler):
    """Gathers the values of a file with the lines on which they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Told] = []
        self.dataset = ""
        self._open: list[str] = []
        self._group: dict[str, str] = {}
        self._groups = self._values = self._line = 0
        self._value: dict[str, str] = {}
        self._remark: list[str] = []
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:
        self._locator = locator

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:
        uri, local = name
        if uri != NAMESPACE or (not self._open and local != "adx"):
            raise Refusal("exchange.not_adx", field="file", row=self._locator.getLineNumber(), name=local)
        said = {key[1]: value for key, value in attrs.items() if key[0] is None}
        where = "/".join([*self._open, local])
        self._open.append(local)
        if where == "adx/group":
            self._groups, self._values, self._group = self._groups + 1, 0, said
            self.dataset = self.dataset or said.get("dataSet", "")
        elif where == "adx/group/dataValue":
            self._values, self._value, self._remark = self._values + 1, said, []
            self._line = self._locator.getLineNumber()
        elif where != "adx" and "dataValue" not in self._open[:-1]:
            raise Refusal("exchange.not_adx", field="file", row=self._locator.getLineNumber(), name=local)

    def characters(self, content: str) -> None:
        if self._open and self._open[-1] == "annotation":
            self._remark.append(content)

    def endElementNS(self, name: Any, qname: Any) -> None:
        self._open.pop()
        if name[1] == "dataValue" and len(self._open) == 2:
            self.told.append(self._one())
            if len(self.told) > MOST_ROWS:
                raise Refusal("exchange.too_many", field="file", number=len(self.told), limit=MOST_ROWS)

    def _one(self) -> Told:
        value, group = self._value, self._group
        parts = {key: option for key, option in group.items() if key not in GROUP}
        parts |= {key: option for key, option in value.items() if key not in SAID}
        return Told(
            self._line,
            f"group[{self._groups}]/dataValue[{self._values}]",
            value.get("dataElement", ""),
            group.get("orgUnit", ""),
            group.get("period", ""),
            value.get("value", ""),
            "".join(self._remark),
            parts,
        )
