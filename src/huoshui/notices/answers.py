"""What a robot's server says in the body of its answer, of which Apprise looks at the HTTP status alone for some.

WeCom and DingTalk answer 200 with ``errcode`` and ``errmsg``, Feishu and Lark with ``code`` and ``msg`` (formerly
``StatusCode`` and ``StatusMessage``); 0 is success. See developer.work.weixin.qq.com (群机器人配置说明) and
open.feishu.cn (自定义机器人使用指南).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

LONGEST = 160
"""Characters of an answer that are kept."""
_WORDS = (("errcode", "errmsg"), ("code", "msg"), ("StatusCode", "StatusMessage"))
_KEY = re.compile(r"[A-Za-z0-9_-]{20,}")
"""What may be the robot's key: no answer is kept with it."""
_answers: ContextVar[list[Any] | None] = ContextVar("answers of robots", default=None)


class _Heard:
    """The ``requests`` that a plugin of Apprise calls, so that its answers can be read: the plugin keeps none."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def post(self, *args: Any, **kwargs: Any) -> Any:
        answer = self._module.post(*args, **kwargs)
        heard = _answers.get()
        if heard is not None:
            heard.append(answer)
        return answer


@contextmanager
def listening_to(robot: Any) -> Iterator[list[Any]]:
    """The answers that an Apprise object gets within the block."""
    module = sys.modules[type(robot).__module__]
    known = getattr(module, "requests", None)
    if known is not None and not isinstance(known, _Heard):
        module.requests = _Heard(known)  # type: ignore[attr-defined]
    answers: list[Any] = []
    token = _answers.set(answers)
    try:
        yield answers
    finally:
        _answers.reset(token)


def refused_with(answers: Iterable[Any]) -> str:
    """Number and words of the first answer 200 that is a refusal; "" when none is. An answer without JSON is none."""
    for answer in answers:
        if answer.status_code == 200 and (said := _refusal(_body(answer))):
            return said
    return ""


def _body(answer: Any) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _refusal(body: dict[str, Any]) -> str:
    for number, words in _WORDS:
        if body.get(number) not in (None, 0, "0", ""):
            said = f"{body[number]} {body.get(words) or ''}".strip()
            return _KEY.sub("******", said)[:LONGEST]
    return ""
