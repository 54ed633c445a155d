"""The ledger as an Excel file of 10,000 rows, written in a process of its own, whose memory is measured."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROWS = 10_000


def export() -> dict[str, Any]:
    """Seconds, and the most memory in MB that the whole process held."""
    ran = subprocess.run([sys.executable, "-m", "bench.exporting"], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _measured() -> dict[str, Any]:
    import django

    django.setup()
    from huoshui.duties.models import Account
    from huoshui.kernel.memory import collect_seldom
    from huoshui.matters.ledger_export import ledger_workbook
    from huoshui.matters.models import Matter
    from huoshui.matters.queries import LedgerFilter, ValueFilter, ledger

    office = Account.objects.get(username="office")
    first = Matter.objects.visible_to(office).order_by("-opened_on")[ROWS - 1]
    filters = LedgerFilter(values=(ValueFilter("opened_on", first.opened_on, "from"),))
    collect_seldom()  # as a server does
    began = time.perf_counter()
    workbook = ledger_workbook(actor=office, filters=filters)
    seconds = time.perf_counter() - began
    # What getrusage tells of a new process includes the memory of the one that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    most = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024
    return {
        "rows": ledger(office, filters).count(),
        "seconds": round(seconds, 2),
        "megabytes_of_memory": most,
        "kilobytes": len(workbook) // 1024,
    }


if __name__ == "__main__":
    json.dump(_measured(), sys.stdout)
