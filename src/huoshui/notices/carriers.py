"""What carries a message outside: the mail server of the settings, and robots by their Apprise address.

Both raise NotDelivered with a code of the catalogue; neither ever puts an address into it.
"""

from __future__ import annotations

import logging
import re
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email

from huoshui.kernel.errors import Refusal
from huoshui.kernel.outward import require_public
from huoshui.notices.answers import listening_to, refused_with

TIMEOUT = 15.0
"""Seconds that a mail server is given for each step."""
LONGEST_ADDRESS = 500
FIXED = {
    "wecombot": "企业微信", "dingtalk": "钉钉", "feishu": "飞书", "lark": "Lark", "wxpusher": "WxPusher",
    "pushplus": "Pushplus", "schan": "Server酱", "slack": "Slack", "tgram": "Telegram",
}  # fmt: skip
"""Robots whose server is fixed in Apprise, by the scheme of their address."""
ANSWERING = ("wecombot", "dingtalk", "feishu", "lark")
"""Those that say in the body of an answer 200 that they refused the message."""
ANY_HOST = {
    "json": "JSON", "jsons": "JSON", "form": "Form", "forms": "Form", "ntfy": "ntfy", "ntfys": "ntfy",
    "bark": "Bark", "barks": "Bark", "gotify": "Gotify", "gotifys": "Gotify", "mmost": "Mattermost",
    "mmosts": "Mattermost",
}  # fmt: skip
"""Those whose address names the server, which has to be a public one. Apprise's other services are not taken: some
run programs, write to the local machine or follow rules of their own."""
_STATUS = re.compile(r"error=(\d+)")


@dataclass
class NotDelivered(Exception):
    """Why a message did not go out. ``final``: trying again would not help."""

    code: str
    final: bool = False
    params: dict[str, Any] = field(default_factory=dict)


# --- mail -------------------------------------------------------------------------


def require_mail_address(address: str) -> None:
    """Raise notice.no_mail_server or notice.mail_address."""
    if not settings.EMAIL_HOST:
        raise Refusal("notice.no_mail_server", field="address")
    try:
        validate_email(address)
    except ValidationError:
        raise Refusal("notice.mail_address", field="address") from None


def send_mail(*, to: str, title: str, body: str, message_id: str) -> None:
    """Hand one mail to the server of the settings. ``message_id`` makes a second copy known as one (RFC 5322, 3.6.4).

    Raises NotDelivered: final when the server refused the recipient or the mail for good (a 5xx answer).
    """
    if not settings.EMAIL_HOST:
        raise NotDelivered("notice.no_mail_server")
    backend = "django.core.mail.backends.smtp.EmailBackend"
    connection = get_connection(backend, timeout=TIMEOUT)
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(title, body, settings.DEFAULT_FROM_EMAIL, [to], connection=connection, headers=headers)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        status = max((code for code, _text in error.recipients.values()), default=0)
        raise NotDelivered("notice.mail_refused", final=status >= 500, params={"status": status}) from None
    except smtplib.SMTPResponseException as error:
        login = isinstance(error, smtplib.SMTPAuthenticationError)
        code = "notice.mail_sign_in" if login else "notice.mail_refused"
        final = error.smtp_code >= 500 and not login  # a wrong password is the operator's to mend
        raise NotDelivered(code, final=final, params={"status": error.smtp_code}) from None
    except (OSError, smtplib.SMTPException):
        raise NotDelivered("notice.mail_unreachable") from None


# --- robots -----------------------------------------------------------------------


def robot_service(url: str) -> str:
    """The service of a robot's address. Raises notice.robot_scheme, notice.robot_address, outward.private or .unknown.

    What Apprise can do is only asked for the schemes that are taken.
    """
    scheme, host = _parts(url)
    if scheme not in FIXED | ANY_HOST:
        raise Refusal("notice.robot_scheme", field="address", schemes="、".join(sorted({*FIXED, *ANY_HOST})))
    if len(url) > LONGEST_ADDRESS or _robot(url) is None:
        raise Refusal("notice.robot_address", field="address")
    if scheme in ANY_HOST:
        require_public(host)
    return (FIXED | ANY_HOST)[scheme]


def send_to_robot(*, url: str, title: str, body: str) -> None:
    """Post a message to a robot. Raises NotDelivered: final when its address may not be called."""
    scheme, host = _parts(url)
    robot = _robot(url)
    if scheme not in FIXED | ANY_HOST or robot is None:
        raise NotDelivered("notice.robot_address", final=True)
    if scheme in ANY_HOST:
        try:
            require_public(host)
        except Refusal as refusal:
            final = refusal.code == "outward.private"
            raise NotDelivered(refusal.code, final=final, params=refusal.problems[0].params) from None
    with _said_by_apprise() as said, listening_to(robot) as answers:
        delivered = robot.notify(body=body, title=title)
    if scheme in ANSWERING and (reason := refused_with(answers)):
        raise NotDelivered("notice.robot_said", params={"said": reason})
    if not delivered:
        status = next((found[1] for line in reversed(said) if (found := _STATUS.search(line))), "")
        if status:
            raise NotDelivered("notice.robot_refused", params={"status": status})
        raise NotDelivered("notice.robot_unreachable")


def _parts(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url.strip())
        return parts.scheme.lower(), parts.hostname or ""
    except ValueError:
        return "", ""


def _robot(url: str) -> Any:
    """Apprise's object for an address, which follows no redirect (it could lead inside); None when it is none."""
    import apprise

    asset = apprise.AppriseAsset(app_id="Huoshui", app_desc="", app_url="", http_redirects=False)
    robot = apprise.Apprise.instantiate(url.strip(), asset=asset, suppress_exceptions=True)
    if robot is not None:
        robot.redirects = False  # an address could ask for them
        robot.overflow_mode = apprise.OverflowMode.TRUNCATE  # one message is one post
    return robot


@contextmanager
def _said_by_apprise() -> Iterator[list[str]]:
    """What Apprise logs in this thread, which is where it says the status; kept from the log, as it names hosts."""
    said: list[str] = []
    mine = threading.get_ident()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == mine:
                said.append(record.getMessage())

    listener, log = Listener(), logging.getLogger("apprise")
    log.addHandler(listener)
    try:
        yield said
    finally:
        log.removeHandler(listener)
