"""The parts of pages that repeat hundreds of times, cells of a ledger and options of a filter, set with Jinja.

The ledger's 700 cells took 60 ms of Django's template language and take 6 ms of Jinja's, which compiles a template to
Python. What does not repeat stays a Django template; such a page brings a part in by ``{% repeated %}``.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined

from huoshui.web.office.form_pages.preview import cell_id

ENGINE = "repeated"
"""The name of the template engine in the settings."""


def environment(**options: Any) -> Environment:
    """Jinja as these parts use it: escaping, a misspelt name is an error, messages in the reader's language."""
    strict = options | {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**strict)  # noqa: S701 (it does escape)
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    made.filters |= _filters()
    made.globals["cell_id"] = cell_id
    made.globals["url"] = lambda name, *args: reverse(name, args=args)
    return made


def _filters() -> dict[str, Any]:
    """The filters of the pages' templates that such parts take as well; imported late, for they bring parts in."""
    from huoshui.web.templatetags import huoshui, rounds

    own = (rounds.at_place, rounds.signed_points, rounds.tenths, rounds.total_of)
    return {"points": huoshui.points, **{function.__name__: function for function in own}}
