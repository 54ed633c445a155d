"""For a process that is to be killed: it comes to a known point, says so, and waits there for its end."""

from __future__ import annotations

import sys
import threading
from typing import Any

HERE = "here"


def halt(owner: Any, name: str, *, after: bool = False, at: int = 1) -> None:
    """From now on the ``at``-th call of ``owner.name`` stops before it does its work, or ``after`` it."""
    real, calls = getattr(owner, name), [0]

    def halting(*arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] != at:
            return real(*arguments, **named)
        if after:
            real(*arguments, **named)
        print(HERE, flush=True)
        return threading.Event().wait()

    setattr(owner, name, halting)


def huoshui(*arguments: str) -> None:
    """The command line, in this process."""
    from huoshui.cli import main

    sys.argv = ["huoshui", *arguments]
    main()
