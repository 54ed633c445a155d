"""Documents as users wait for them: a year review as Word and PDF, and a page for each village as one PDF."""

from __future__ import annotations

import io
import time
from typing import Any


def documents() -> dict[str, Any]:
    """Seconds of each, without issuing; the first has the typefaces still to read, as in a process that just began."""
    from pypdf import PdfReader

    from huoshui.documents.paper import pages_pdf
    from huoshui.documents.preparing import get_kind, prepare
    from huoshui.documents.queries import places_for
    from huoshui.duties.models import Account
    from huoshui.places.models import Place

    office, district = Account.objects.get(username="office"), Place.objects.get(code="410871")
    began = time.perf_counter()
    review = prepare(by=office, kind="documents.year_review", place=district, period="2017")
    kilobytes = len(review.word) // 1024
    word = time.perf_counter()
    pdf = review.pdf()
    set_ = time.perf_counter()
    kind = get_kind("documents.village_profile")
    profiles = [
        prepare(by=office, kind="documents.village_profile", place=place, period="2017")
        for place in places_for(kind, district)
    ]
    pages = pages_pdf(kind, [one.page for one in profiles], "一村一页", office)
    done = time.perf_counter()
    return {
        "review_word_seconds": round(word - began, 2),
        "review_pdf_seconds": round(set_ - word, 2),
        "review_figures": len(review.uses),
        "review_kilobytes": kilobytes + len(pdf) // 1024,
        "profiles": len(profiles),
        "profile_pages": len(PdfReader(io.BytesIO(pages)).pages),
        "profiles_seconds": round(done - set_, 2),
    }
