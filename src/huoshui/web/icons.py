"""The icons of the product: lines of 24 by 24 units, drawn for it."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

_DRAWN: dict[str, str] = {
    "today": '<path d="M5 5h14v15H5zM5 10h14M9 3v4M15 3v4M9 15l2 2 4-4"/>',
    "place": '<path d="M4 20V10l8-6 8 6v10M4 20h16M10 20v-6h4v6"/>',
    "round": '<path d="M4 4h16v16H4zM4 9.3h16M4 14.6h16M9.3 4v16M14.6 4v16"/>',
    "visit": '<path d="M9 4h6v3H9zM7 5H5v16h14V5h-2M8.5 13l2.3 2.3L15.5 11"/>',
    "matter": '<path d="M5 3h14v18H5zM9 3v18M12 8h4M12 12h4M12 16h4"/>',
    "pack": '<circle cx="6" cy="6" r="2.5"/><circle cx="18" cy="12" r="2.5"/><circle cx="6" cy="18" r="2.5"/><path d="M8.3 7.2l7.4 3.6M8.3 16.8l7.4-3.6"/>',
    "journal": '<path d="M6 3h13v18H6a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM8 8h7M8 12h7M8 16h4"/>',
    "duty": '<circle cx="9" cy="8" r="3.5"/><path d="M3 20c0-4 2.5-6 6-6s6 2 6 6M16 5.2a3.5 3.5 0 0 1 0 6M17.5 14.4c2.3.7 3.5 2.6 3.5 5.6"/>',
    "activity": '<path d="M5 5h14v15H5zM5 10h14M9 3v4M15 3v4"/><circle cx="12" cy="15" r="2.2"/>',
    "money": '<circle cx="12" cy="12" r="9"/><path d="M8.5 7.5l3.5 5 3.5-5M12 12.5V18M8.8 12.5h6.4M8.8 15.2h6.4"/>',
    "map": '<path d="M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21z"/><circle cx="12" cy="9.5" r="2.5"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>',
    "theme": '<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17a8.5 8.5 0 0 0 0-17z" fill="currentColor"/>',
    "text": '<path d="M3 19L8 6l5 13M4.6 15h6.8M14 19l3.5-9 3.5 9M15.2 16h4.6"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21c0-5 3.5-7 8-7s8 2 8 7"/>',
    "more": '<path d="M5 6h14M5 12h14M5 18h14"/>',
    "back": '<path d="M15 4l-8 8 8 8"/>',
    "camera": '<path d="M4 8h4l1.5-2.5h5L16 8h4v11H4z"/><circle cx="12" cy="13" r="3.5"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z"/>',
    "close": '<path d="M5 5l14 14M19 5L5 19"/>',
    "list": '<path d="M9 6h11M9 12h11M9 18h11M4 6h.5M4 12h.5M4 18h.5"/>',
    "out": '<path d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9"/>',
    "language": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17"/>',
    "figure": '<path d="M4 20V4M4 20h16M8 16v-4M12.5 16V8M17 16v-6"/>',
    "document": '<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>',
    "forms": '<path d="M5 3h10l4 4v14H5zM8 11h8v6H8zM12 11v6M8 14h8M15 3v4h4"/>',
    "cadence": '<path d="M4 6h16v14H4zM4 10h16M8 3.5V7M16 3.5V7M9 15a3 3 0 1 0 1-2.2M9 12v1.6h1.6"/>',
    "services": '<path d="M3 21h18M5 21V8h14v13M4 8l2-4h12l2 4M9 21v-6h6v6M8.5 11.5h7"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6M4 17h16M10.5 20.5h3M12 5V3"/>',
    "key": '<circle cx="8" cy="15" r="4.5"/><path d="M11.2 11.8L20 3M16 7l3 3"/>',
}
_OTHER = '<circle cx="12" cy="12" r="7"/>'
_ALSO = {
    "places": "place",
    "rounds": "round",
    "visits": "visit",
    "matters": "matter",
    "ledger": "matter",
    "packs": "pack",
    "duties": "duty",
    "figures": "figure",
    "documents": "document",
    "activities": "activity",
}
"""Names of the same icon."""


def _icon(inner: str) -> SafeString:
    drawn = f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{inner}</svg>'
    return mark_safe(drawn)  # noqa: S308 (nothing in it comes from outside)


ICONS = {name: _icon(inner) for name, inner in _DRAWN.items()} | {
    name: _icon(_DRAWN[drawn]) for name, drawn in _ALSO.items()
}
OTHER = _icon(_OTHER)
"""Of a name that has none."""
