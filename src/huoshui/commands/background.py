"""What runs beside the web server in the same process: the sealer, the timer, the daily tidying, the worker.

And what minds the other processes of the web server.
"""

from __future__ import annotations

import io
import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections, connection, connections
from django_tasks_db.management.commands.db_worker import Worker

from huoshui.commands.web_processes import PULSE, WebProcesses
from huoshui.duties.queries import system_account
from huoshui.figures.cells.keeping import Keeper
from huoshui.kernel import health, idempotency
from huoshui.kernel.context import channel
from huoshui.kernel.journal import seal_pending
from huoshui.kernel.limits import forget_uses
from huoshui.search.keeping import keep_up as index_what_changed

logger = logging.getLogger("huoshui.background")
MINUTE, DAY = 60.0, 86_400.0
STOP_WAIT = 10.0
"""Seconds that work in progress is given to end."""
SIGN_INS_KEPT_DAYS = 90
CELLS_EVERY = 0.5
"""Seconds until what changed is counted anew."""
SEARCH_EVERY = 0.5
"""Seconds until what changed can be found."""


class Loop(threading.Thread):
    """Does one piece of work again and again, ``every`` seconds after it ended; a failure is logged, not fatal."""

    def __init__(self, name: str, every: float, work: Callable[[], object]) -> None:
        super().__init__(name=name, daemon=True)
        self.every, self.work = every, work
        self.stopping = threading.Event()
        self.last_done = time.monotonic()

    def run(self) -> None:
        while True:
            self.once()
            if self.stopping.wait(self.every):
                return

    def once(self) -> None:
        """One piece of work, with fresh database connections."""
        close_old_connections()
        try:
            with channel("timer"):
                self.work()
            self.last_done = time.monotonic()
        except Exception:
            logger.exception("%s failed and will be tried again", self.name)
            connections.close_all()
        finally:
            close_old_connections()

    def alive(self) -> bool:
        """Whether it runs and succeeded lately."""
        return self.is_alive() and time.monotonic() - self.last_done < 2 * self.every + 5 * MINUTE

    def stop(self) -> None:
        """Ask it to end."""
        self.stopping.set()


class TaskWorker(threading.Thread):
    """django-tasks' own worker over the database's queue, in a thread (it then leaves the signals alone)."""

    def __init__(self) -> None:
        super().__init__(name="worker", daemon=True)
        self.stopping = threading.Event()
        self.worker = self._new()

    @staticmethod
    def _new() -> Worker:
        return Worker(
            queue_names=["default"],
            interval=1.0,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"serve-{threading.get_native_id()}",
            excluded_queue_names=[],
        )

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                with channel("timer"):
                    self.worker.run()
            except Exception:
                logger.exception("the worker failed and begins again")
                connections.close_all()
                if not self.stopping.wait(5.0):
                    self.worker = self._new()
        connections.close_all()

    def alive(self) -> bool:
        """Whether it runs."""
        return self.is_alive()

    def stop(self) -> None:
        """Ask it to end after the task in progress."""
        self.stopping.set()
        self.worker.running = False


class Background:
    """All of it, started and stopped together."""

    def __init__(self, web: WebProcesses) -> None:
        self.web = web
        self.parts: list[Loop | TaskWorker] = [
            Loop("sealer", settings.CONFIG.seal_seconds, seal_pending),
            Loop("timer", MINUTE, tick),
            Loop("cells", CELLS_EVERY, Keeper().keep_up),
            Loop("search", SEARCH_EVERY, index_what_changed),
            Loop("daily", DAY, tidy),
            TaskWorker(),
            *([Loop("web", PULSE, web.pulse)] if web.number else []),
        ]

    def start(self) -> None:
        """Start every part, and tell ``/healthz`` of it."""
        for part in self.parts:
            part.start()
            health.CHECKS[part.name] = part.alive

    def stop(self) -> None:
        """Ask every part to end and wait for it, at most STOP_WAIT seconds in all; then seal what is left."""
        for part in self.parts:
            part.stop()
        until = time.monotonic() + STOP_WAIT
        for part in self.parts:
            part.join(max(0.0, until - time.monotonic()))
            health.CHECKS.pop(part.name, None)
        self.web.stop()
        seal_pending()
        connections.close_all()


def tick() -> None:
    """Once a minute: ended terms, deadlines of matters, promises, what comes round, then what is due outside."""
    from huoshui.duties.terms import tick as tick_duties
    from huoshui.matters.actions import tick as tick_matters
    from huoshui.notices.outbox import tick as tick_notices
    from huoshui.schedules.actions import tick as tick_schedules
    from huoshui.services.actions import tick as tick_services
    from huoshui.webhooks.outbox import tick as tick_webhooks

    tick_duties()
    tick_matters()
    tick_services()
    tick_schedules()
    tick_notices()
    tick_webhooks()


def tidy() -> None:
    """At start and once a day: personal data due, previews left over, what nobody uses, statistics, late commits."""
    from huoshui.kernel.tried_files import sweep_tried
    from huoshui.media.previews import make_overdue
    from huoshui.media.store import sweep
    from huoshui.notices.outbox import forget_old
    from huoshui.vault.actions import erase_due
    from huoshui.webhooks.outbox import forget_old as forget_old_events

    erase_due(by=system_account())
    hold_figures_together()
    make_overdue()
    sweep()
    sweep_tried()
    forget_old()
    forget_old_events()
    idempotency.forget_old()
    forget_uses()
    unheard = io.StringIO()
    call_command("clearsessions", verbosity=0, stdout=unheard)
    call_command("axes_reset_logs", age=SIGN_INS_KEPT_DAYS, verbosity=0, stdout=unheard)
    call_command("prune_db_task_results", verbosity=0, stdout=unheard)
    refresh_statistics()
    seal_pending(whole=True)  # last: a checkpoint folder that is not there keeps nothing else from being done


def hold_figures_together() -> None:
    """Hold what sources say against each other and against what the records say by now."""
    from huoshui.figures.reporting.conflicts import look_for_conflicts
    from huoshui.places.models import Place

    for top in Place.objects.filter(parent__isnull=True).order_by("path"):
        look_for_conflicts(by=system_account(), place=top)


def refresh_statistics() -> None:
    """Let SQLite look at its tables anew: without that it walks through all of one where an index would do.

    PostgreSQL does so by itself. Some rows of each index are enough: a second for a million entries.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("ANALYZE")
