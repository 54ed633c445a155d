"""``python -m huoshui.web_process FD...``: a process of the web server that ``serve`` starts (commands.web_processes).

It answers requests on the sockets of these file descriptors, and hears by its standard input how the background of
``serve`` does: a line of JSON every few seconds.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from functools import partial

import django

from huoshui.kernel import health
from huoshui.kernel.memory import collect_seldom, look_seldom

FRESH = 30.0
"""Seconds after which nothing that was told of the background is believed any more."""


class Heard:
    """What ``serve`` told of the background last, and when."""

    def __init__(self) -> None:
        self.background: dict[str, bool] = {}
        self.at = time.monotonic()

    def take(self, line: bytes) -> None:
        told = json.loads(line)
        self.background, self.at = told["background"], time.monotonic()
        health.JOURNAL_AT_START.update(told["journal"])
        for name in self.background:
            health.CHECKS.setdefault(name, partial(self.alive, name))

    def alive(self, name: str) -> bool:
        return self.background.get(name, False) and time.monotonic() - self.at < FRESH

    def listen(self) -> None:
        """Hear on until ``serve`` says no more, then end this process."""
        for line in sys.stdin.buffer:
            self.take(line)
        os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Answer requests on the sockets that are named by their file descriptors, until standard input ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.settings")
    look_seldom()
    django.setup()
    from huoshui.commands.serve import leave, server_on

    heard = Heard()
    first = sys.stdin.buffer.readline()
    if not first:
        return
    heard.take(first)
    signal.signal(signal.SIGTERM, leave)
    server = server_on([socket.socket(fileno=int(number)) for number in sys.argv[1:]])
    threading.Thread(target=heard.listen, name="serve", daemon=True).start()
    collect_seldom()
    try:
        server.run()
    finally:
        server.close()


if __name__ == "__main__":
    main()
