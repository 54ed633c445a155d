"""The main pages, each as somebody who uses it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.browser.desk import Desk
from tests.browser.scoring import post

CHECKLIST = "/packs/review/checklists/hub_review"
VILLAGE = "/places/410871203201/"


@dataclass(frozen=True)
class Stop:
    """A page: its name in reports, who looks at it, its address with {placeholders}."""

    name: str
    username: str
    path: str


STOPS = [
    Stop("today-secretary", "secretary", "/"),
    Stop("today-judge", "judge1", "/"),
    Stop("today-leader", "leader", "/"),
    Stop("pack-new", "admin", "/packs/-new/"),
    Stop("find", "office", "/find?q=整改"),
    Stop("find-nothing", "secretary", "/find?q=珊瑚礁&kind=matters"),
    Stop("ledger", "office", "/matters/"),
    Stop("ledger-columns", "secretary", "/matters/?columns=title,measures,opened_on&sort=-measures"),
    Stop("ledger-late", "town-sujiazuo", "/matters/?light=red"),
    Stop("ledger-bulk", "office", "/matters/bulk?n={matter}&n={submitted}"),
    Stop("ledger-bulk-step", "office", "/matters/bulk?n={matter}&n={submitted}&do=assign"),
    Stop("ledger-import", "secretary", "/matters/import"),
    Stop("matter", "secretary", "/matters/{matter}/"),
    Stop("matter-step", "verifier", "/matters/{submitted}/?step=return"),
    Stop("matter-merge", "town-sujiazuo", "/matters/{matter}/?step=mark_duplicate"),
    Stop("matter-split", "town-sujiazuo", "/matters/{matter}/?step=split"),
    Stop("accreditation-kind", "accreditation", "/packs/honours/matters/beautiful_village/"),
    Stop("accreditations", "accreditation", "/matters/?kind=honours.liveable_village"),
    Stop("letters", "office", "/letters/"),
    Stop("letter-new", "town-sujiazuo", "/letters/new?matter={matter}"),
    Stop("letter-template", "admin", "/letters/template/410871"),
    Stop("sign-in-and-security", "auditor", "/accounts/2fa/"),
    Stop("matter-new", "office", "/matters/new?place=410871203201"),
    Stop("activities", "office", "/activities/"),
    Stop("activity", "secretary", "/activities/{activity}/"),
    Stop("activity-choose", "secretary", "/activities/new?place=410871203201"),
    Stop("activity-new", "secretary", "/activities/new?place=410871203201&kind=activities.general_meeting"),
    Stop("activity-import", "culture", "/activities/import"),
    Stop("calendar", "town-sujiazuo", "/calendar/"),
    Stop("place-activities", "secretary", f"{VILLAGE}?tab=activities"),
    Stop("figures", "leader", "/figures/?year=2017"),
    Stop("figure", "leader", "/figures/hubs.built/?place=410871&period=2017"),
    Stop("figure-share", "leader", "/figures/review.mean_score/?place=410871&period=2017"),
    Stop("boards", "leader", "/figures/boards/?year=2017"),
    Stop("pack-board", "leader", "/figures/boards/rectification/?year=2017&indicator=rectification.opened"),
    Stop("wall", "leader", "/figures/wall/?year=2017"),
    Stop("money", "leader", "/money/"),
    Stop("money-lines", "office", "/money/lines?type=paid"),
    Stop("money-fund", "leader", "/money/funds/{fund}/"),
    Stop("money-allocate", "finance", "/money/funds/allocate"),
    Stop("matter-money", "finance", "/matters/{subsidised}/money"),
    Stop("matter-money-form", "office", "/matters/{subsidised}/money?do=line&type=budget"),
    Stop("rounds", "review", "/rounds/"),
    Stop("checklist-excel", "review", f"{CHECKLIST}/excel"),
    Stop("checklist-xlsform", "review", "/packs/review/xlsform?into=hub_review"),
    Stop("round-new", "review", "/rounds/new"),
    Stop("round-progress", "review", "/rounds/{running}/"),
    Stop("round-heat", "town-sujiazuo", "/rounds/{sealed}/?tab=heat"),
    Stop("round-ranking", "leader", "/rounds/{sealed}/?tab=ranking"),
    Stop("round-outcome", "leader", "/rounds/{sealed}/?tab=outcome"),
    Stop("round-signatures", "leader", "/rounds/{sealed}/?tab=signatures"),
    Stop("round-fairness", "review", "/rounds/{sealed}/fairness"),
    Stop("round-tour", "review", "/rounds/{running}/tour"),
    Stop("round-village", "leader", "/rounds/{sealed}/places/410871203201/"),
    Stop("sheets", "judge1", "/sheets/"),
    Stop("sheet", "judge5", "/sheets/{draft}/"),
    Stop("sheet-end", "judge5", "/sheets/{draft}/#i-end"),
    Stop("places", "office", "/places/"),
    Stop("place", "secretary", VILLAGE),
    Stop("place-sites", "secretary", f"{VILLAGE}?tab=sites"),
    Stop("place-visits", "secretary", f"{VILLAGE}?tab=visits"),
    Stop("place-matters", "secretary", f"{VILLAGE}?tab=matters"),
    Stop("place-history", "office", f"{VILLAGE}?tab=history"),
    Stop("place-merge", "office", f"{VILLAGE}change/merge"),
    Stop("place-split", "office", f"{VILLAGE}change/split"),
    Stop("place-journal", "auditor", f"{VILLAGE}?tab=journal"),
    Stop("place-services", "secretary", f"{VILLAGE}?tab=services"),
    Stop("services", "agent", "/services/"),
    Stop("service-item", "window", "/services/items/services.startup_loan/"),
    Stop("service-offers", "services", "/services/offers/"),
    Stop("service-offer-list", "services", "/services/offers/?view=list"),
    Stop("service-offer", "window", "/services/offers/{offer}/"),
    Stop("service-offer-new", "window", "/services/offers/new"),
    Stop("service-take-where", "window", "/services/take"),
    Stop("service-take", "agent", "/services/take?offer={offer}"),
    Stop("service-requests", "window", "/services/requests/"),
    Stop("service-request", "agent", "/services/requests/{request}/"),
    Stop("service-rated", "services", "/services/requests/{rated}/"),
    Stop("service-ratings", "services", "/services/ratings/"),
    Stop("service-ratings-shared", "agent", "/services/ratings/"),
    Stop("portal", "agent", "/s/?q=寨卜昌"),
    Stop("portal-site", "agent", "/s/{hub}/"),
    Stop("portal-guide", "agent", "/s/{hub}/services.startup_loan/"),
    Stop("portal-enter", "agent", "/s/track/"),
    Stop("import", "admin", "/places/import"),
    Stop("people", "admin", "/people/"),
    Stop("person", "admin", "/people/both/"),
    Stop("grant", "admin", "/people/grant"),
    Stop("tokens", "auditor", "/people/tokens"),
    Stop("standing-in", "secretary", "/people/standing-in"),
    Stop("access", "admin", "/people/access?person=both"),
    Stop("people-import", "admin", "/people/import"),
    Stop("first-links", "admin", "/people/first-links"),
    Stop("packs", "admin", "/packs/"),
    Stop("pack", "admin", "/packs/rectification/"),
    Stop("checklist", "review", f"{CHECKLIST}/"),
    Stop("checklist-edit", "review", f"{CHECKLIST}/edit"),
    Stop("workflow", "admin", "/packs/rectification/matters/item/"),
    Stop("journal", "auditor", "/journal/"),
    Stop("cadence", "town-sujiazuo", "/cadence/"),
    Stop("cadence-plans", "office", "/cadence/plans/"),
    Stop("cadence-begin", "office", "/cadence/plans/begin"),
    Stop("place-due", "secretary", f"{VILLAGE}?tab=due"),
    Stop("notices", "secretary", "/notices/"),
    Stop("notice-settings", "town-sujiazuo", "/notices/settings"),
]


def find_records(desk: Desk) -> dict[str, str]:
    """What the placeholders stand for in the demo."""
    office, judge = desk.api("office"), desk.api("judge5")
    rounds = post(desk.api("review"), "/rounds", method="GET")["items"]
    running = next(row["id"] for row in rounds if row["state"] == "open" and "示范" in row["name"])
    sealed = next(row["id"] for row in rounds if row["state"] == "sealed" and "示范" in row["name"])
    matters = post(office, "/matters?size=500", method="GET")["items"]
    fund = post(office, "/funds", method="GET")["items"][0]["id"]
    claims = post(office, f"/funds/{fund}/claims", method="GET")["items"]
    held = post(office, "/activities?place=410871203201&state=held&size=1", method="GET")["items"]
    sheets = post(judge, f"/sheets?round={running}&size=200", method="GET")["items"]
    services = desk.api("services")
    offers = post(services, "/services/offers?place=410871203201&item=services.startup_loan", method="GET")["items"]
    requests = post(services, "/services/requests?place=410871203201&state=open", method="GET")["items"]
    return {
        "offer": offers[0]["id"],
        "hub": offers[0]["place"],
        "request": next(row["id"] for row in requests if row["item"]),
        "rated": post(services, "/services/ratings?low=true", method="GET")["items"][0]["request"],
        "running": running,
        "sealed": sealed,
        "fund": fund,
        "activity": held[0]["id"],
        "subsidised": next(row["matter"] for row in claims if 0 < row["paid"] < row["approved"]),
        "matter": next(row["number"] for row in matters if row["place"] == "410871203201" and row["light"] == "red"),
        "submitted": next(row["number"] for row in matters if row["state"] == "submitted"),
        "draft": next(row["id"] for row in sheets if row["state"] == "draft"),
    }
