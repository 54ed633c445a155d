"""More processes that answer requests on the same sockets: one process of Python computes on one core only.

``serve`` starts them, tells them every few seconds how its background does, and ends them; whoever of them ends by
itself is started again. They end as soon as they hear no more of ``serve``, however that ended.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, cast

from huoshui.kernel import health

PROGRAM = "huoshui.web_process"
PULSE = 5.0
"""Seconds between two tellings."""
STOP_WAIT = 10.0
"""Seconds that requests in progress are given to end."""


class WebProcess(subprocess.Popen[bytes]):
    """A process with its standard input."""

    @property
    def ear(self) -> IO[bytes]:
        return cast("IO[bytes]", self.stdin)


class WebProcesses:
    """As many processes as asked for, beside this one."""

    def __init__(self, sockets: Sequence[socket.socket], number: int) -> None:
        self.sockets, self.number = sockets, number
        self.running: list[WebProcess] = []

    def pulse(self) -> None:
        """Start what does not run, and tell every process how the background does.

        Raises ChildProcessError when one had ended, so that this part does not count as well while they go on ending.
        """
        ended = [process for process in self.running if process.poll() is not None]
        self.running = [process for process in self.running if process not in ended]
        while len(self.running) < self.number:
            self.running.append(self._start())
        told = {"background": health.background(), "journal": sorted(health.JOURNAL_AT_START)}
        line = json.dumps(told).encode() + b"\n"
        for process in self.running:
            with suppress(OSError):  # it is ending: the next pulse finds out
                process.ear.write(line)
                process.ear.flush()
        if ended:
            raise ChildProcessError(f"a web process ended with {ended[0].returncode} and was started again")

    def stop(self) -> None:
        """Ask all to end, and wait for them; what does not end in STOP_WAIT seconds is killed."""
        for process in self.running:
            with suppress(OSError):
                process.ear.close()
        until = time.monotonic() + STOP_WAIT
        for process in self.running:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self) -> WebProcess:
        numbers = [one.fileno() for one in self.sockets]
        return WebProcess(
            [sys.executable, "-m", PROGRAM, *map(str, numbers)],
            stdin=subprocess.PIPE,
            pass_fds=numbers,
            # Ctrl-C in the terminal is for serve, which then ends them.
            start_new_session=True,
        )
