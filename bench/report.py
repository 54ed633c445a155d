"""The same figures for people."""

from __future__ import annotations

from typing import Any


def table(found: dict[str, Any]) -> str:
    """The figures as lines of text."""
    demo, ranking, journal, grown = found["demo"], found["ranking"], found["journal"], found["grown"]
    exported, crowd, documents = found["export"], found["crowd"], found["documents"]
    lines = [
        f"Huoshui {found['version']}, {found['engine']}, Python {found['python']}, {found['cores']} cores, "
        f"load average {found['load_average']}, a fixed piece of Python in {found['machine_ms']} ms before and "
        f"{found['machine_ms_after_pages']} ms after the pages",
        "",
        f"demo loaded in {demo['seconds']} s ({demo['cpu_seconds']} s CPU): "
        + ", ".join(f"{count} {name}" for name, count in demo["records"].items()),
        "",
        f"grown in {grown['seconds']} s to {grown['matters']} matters, {grown['rounds']} rounds, "
        f"{grown['entries']} journal entries; each page then, by one reader:",
        f"{'page':26}{'p50 ms':>9}{'p95 ms':>9}{'CPU p50':>9}{'queries':>9}{'KB':>7}",
        *(
            f"{name:26}{row['p50_ms']:>9}{row['p95_ms']:>9}{row['cpu_p50_ms']:>9}{row['queries']:>9}"
            f"{row['kilobytes']:>7}"
            for name, row in found["pages"].items()
        ),
        "",
        f"scores of a round ({ranking['places']} places, {ranking['sheets']} sheets, {ranking['answers']} answers): "
        f"p50 {ranking['p50_ms']} ms, p95 {ranking['p95_ms']} ms",
        *(
            f"{name} of {row['places']} villages x {row['items']} items x {row['judges']} judges "
            f"({row['answers']} answers): p50 {row['p50_ms']} ms, p95 {row['p95_ms']} ms"
            for name, row in (("scores and ranks", found["largest"]), ("fairness", found["fairness"]))
        ),
        f"year review of {documents['review_figures']} figures: Word {documents['review_word_seconds']} s, "
        f"PDF {documents['review_pdf_seconds']} s; {documents['profiles']} village profiles as one PDF: "
        f"{documents['profiles_seconds']} s",
        f"{found['figures']['figures']} figures of the district: p50 {found['figures']['p50_ms']} ms, "
        f"p95 {found['figures']['p95_ms']} ms; all {found['figures']['rebuilt']['cells']} counted anew in "
        f"{found['figures']['rebuilt']['seconds']} s; a change read after {found['figures']['change']['read_ms']} ms, "
        f"kept after another {found['figures']['change']['kept_ms']} ms",
        f"a version of a pack with {found['publishing']['open_matters']} open matters: published p95 "
        f"{found['publishing']['published']['p95_ms']} ms, refused for them p95 "
        f"{found['publishing']['refused']['p95_ms']} ms",
        f"a form of {found['form']['cells']} cells filled: {found['form']['middle_s']} s, "
        f"fastest {found['form']['fastest_s']} s",
        f"journal of {journal['entries']} entries: sealed {journal['sealed_per_second']} a second, "
        f"proved {journal['entries_per_second']} a second ({journal['entries_per_cpu_second']} a second of CPU)",
        f"Excel of {exported['rows']} rows: {exported['seconds']} s, {exported['megabytes_of_memory']} MB of memory",
        f"{crowd['clients']} clients for {crowd['seconds']} s, {crowd['threads']} threads:",
        *(
            f"  {name:18}{row['per_second']:>8} a second, p50 {row['p50_ms']} ms, p99 {row['p99_ms']} ms, "
            f"{row['errors']} errors {row['first_errors'] or ''}".rstrip()
            for name, row in (("the product", crowd["product"]), ("a bare Django view", crowd["bare"]))
        ),
    ]
    return "\n".join([*lines, *_search(found["search"])]) + "\n"


def _search(found: dict[str, Any]) -> list[str]:
    rows = [*found["asked"].items(), ("page of results, district", found["page"])]
    return [
        "",
        f"search among {found['records']} records, indexed in {found['indexed_in_seconds']} s; a thousand changes in "
        f"{found['thousand_changes_in_seconds']} s:",
        f"{'looked for':30}{'p50 ms':>9}{'p95 ms':>9}{'CPU p50':>9}{'queries':>9}{'lines':>7}",
        *(
            f"{name:30}{row['p50_ms']:>9}{row['p95_ms']:>9}{row['cpu_p50_ms']:>9}{row['queries']:>9}{row['lines']:>7}"
            for name, row in rows
        ),
    ]
