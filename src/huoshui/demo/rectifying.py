"""The steps of one rectification matter in the demo, each by whoever may take it, with sentences and photos."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huoshui.demo.photos import show
from huoshui.demo.story import Story, number_of, working_day
from huoshui.demo.texts import Theme
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.matters import actions as matters
from huoshui.matters.letters.actions import issue_letter, reply_to_letter
from huoshui.matters.letters.models import Letter
from huoshui.matters.models import Matter
from huoshui.media.models import Attachment

DAYS_TO_REPLY = 5
"""Working days of the pack's letters."""


class Rectifying:
    """A matter and the people around it. ``theme``: the sentences that fit it."""

    def __init__(self, story: Story, matter: Matter, theme: Theme) -> None:
        self.story, self.matter, self.theme = story, matter, theme
        self.secretary = story.cast.secretaries[matter.place.code]
        self.office = story.cast.office_of(matter.place)
        self.letter: Letter | None = None
        self._number = number_of(matter.place.code, matter.title)

    def _said(self, sentences: tuple[str, ...]) -> str:
        return sentences[self._number % len(sentences)]

    def _step(self, by: Account, transition: str, note: str = "", **values: Any) -> None:
        self.matter = matters.advance(by=by, matter=self.matter, transition=transition, values=values, note=note)

    def show_before(self) -> None:
        """How it was found, by whoever opened it."""
        self._show(self.office, "before", "整改前", self._number)

    def _show(self, by: Account, slot: str, when: str, number: int) -> None:
        place = self.matter.place
        show(by=by, subject=self.matter, place=place, slot=slot, about=f"{self.matter.title}{when}", number=number)

    def claim(self, deadline: dt.date | None = None) -> None:
        """By the secretary: measures, own deadline (default: the limit), responsible person."""
        limit = self.matter.limit_on
        self._step(
            self.secretary,
            "claim",
            measures=self._said(self.theme.measures),
            deadline=min(deadline, limit) if deadline and limit else limit,
            responsible_person=self.secretary,
        )

    def update(self) -> None:
        """Progress, half-way."""
        self._step(self.secretary, "update", progress="已动手，正在按措施推进。")

    def submit(self) -> None:
        """Done, with a photo from after. The photo of a second time is another one."""
        times = self.matter.steps.filter(transition="submit").count()
        self._show(self.secretary, "after", "整改后", self._number + 7 + times)
        self._step(self.secretary, "submit", progress=self._said(self.theme.progress))

    def verify(self, by: Account | None = None) -> None:
        """Verified and closed, by one of another unit."""
        self._step(by or self._verifier(), "verify", note="现场看过，与整改措施一致（示范）。")

    def send_back(self) -> None:
        """Returned by the verifier, saying why."""
        self._step(self._verifier(), "return", note="照片看不出整改前后的差别，请补拍并写明完成的数量（示范）。")

    def declare_not_resolvable(self) -> None:
        """By the township."""
        note = "需立项和资金，本年度内办不成，已报列入下一年计划（示范）。"
        self._step(self.office, "declare_not_resolvable", note=note)

    def confirm_not_resolvable(self) -> None:
        """By the verifier."""
        self._step(self._verifier(), "confirm_not_resolvable", note="情况属实，转下一年计划跟踪（示范）。")

    def refuse_not_resolvable(self) -> None:
        """By the verifier: it can be done after all."""
        note = "邻村同类问题已用腾房办法解决，请参照办理（示范）。"
        self._step(self._verifier(), "refuse_not_resolvable", note=note)

    def decline(self, where: str) -> None:
        """Not ours, by the township, naming who is to be asked."""
        self._step(self.office, "decline", note="不属于村级职责，已书面转告（示范）。", where_else=where)

    def mark_duplicate(self, original: Matter) -> None:
        """The same thing twice, by the township."""
        self._step(self.office, "mark_duplicate", duplicate_of=original.number)

    def divide(self, *titles: str) -> None:
        """One matter for each thing found, by the township; the photo goes with each, the plan with the first."""
        photos = [str(photo.pk) for photo in Attachment.objects.filter(subject_id=self.matter.pk)]
        shares = [
            {"title": title, "findings": [number], "values": ["measures"] if number == 1 else [], "photos": photos}
            for number, title in enumerate(titles, start=1)
        ]
        self._step(self.office, "split", note="两处由不同的人办，办结有先后，分开销号（示范）。", into=shares)

    def send_letter(self) -> None:
        """A supervision letter by the township's office, to be answered within five working days."""
        self.letter = issue_letter(
            by=self.office,
            matters=[self.matter],
            demand="请对照整改措施逐项落实，书面说明未按期办结的原因、下一步措施和完成时间（示范）。",
            until=working_day(clock.today(), DAYS_TO_REPLY),
            signer=self.office.title,
        )

    def reply(self) -> None:
        """The village's reply to the letter."""
        said = "施工队雨后才进场，耽误了工期；已排定人手，本周内完工并补报照片（示范）。"
        if self.letter:
            reply_to_letter(by=self.secretary, letter=self.letter, reply=said)

    def reopen(self) -> None:
        """Come back, by the district's office."""
        note = "回访发现问题又出现，重新打开（示范）。"
        self._step(self.story.cast.staff["office"], "reopen", note=note)

    def reclaim(self) -> None:
        """After reopening: a new deadline of one's own, within the new limit."""
        values = {"deadline": self.matter.limit_on, "progress": "已重新安排，补做未到位的部分。"}
        self.matter = matters.edit_fields(by=self.secretary, matter=self.matter, values=values)

    def _verifier(self) -> Account:
        """The district's verifier; every fifth matter of other villages goes to the secretary who is one as well."""
        verifier, both = self.story.cast.verifiers
        other_village = both.unit_id != self.secretary.unit_id
        return both if other_village and self._number % 5 == 0 and clock.today().year > 2017 else verifier
