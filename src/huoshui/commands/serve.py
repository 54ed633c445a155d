"""``huoshui serve``: the web server with its background, until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
import time
from types import FrameType
from typing import Any, NoReturn

import click
from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from huoshui.commands.background import Background
from huoshui.commands.demo import load_into_empty, print_accounts
from huoshui.commands.lock import data_folder_lock, require_whole_restore
from huoshui.commands.output import say
from huoshui.commands.prepare import prepare
from huoshui.commands.web_processes import WebProcesses
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.memory import collect_seldom
from huoshui.kernel.os_reasons import reason_of
from huoshui.places.models import Place

LOCAL = ("127.0.0.1", "localhost", "::1")
MOST_BODY_BYTES = 256 * 1024 * 1024
"""Twelve photos of the largest kind in one request."""
WAITING_CONNECTIONS = 1_024
"""Connections that the system keeps for the server before it turns more away."""


@click.command(help=_("启动服务：检查设置、更新数据库、装载内置机制，然后提供网页，并在后台办理定时工作。"))
@click.option("--demo", "with_demo", is_flag=True, help=_("尚无地点时先装入示范数据，并显示示范账号。"))
def serve(with_demo: bool) -> None:
    """Prepare, then serve until SIGTERM or SIGINT."""
    started = time.monotonic()
    require_free_port()
    with data_folder_lock():
        require_whole_restore()
        prepare()
        if with_demo and not Place.objects.exists():
            load_into_empty(clock.today())
        sockets = listening_sockets()
        server = server_on(sockets)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, leave)
        background = Background(WebProcesses(sockets, others()))
        background.start()
        collect_seldom()
        say(_("已启动（{seconds} 秒）：{addresses}").format(
            seconds=f"{time.monotonic() - started:.1f}", addresses="  ".join(addresses())
        ))  # fmt: skip
        _warn_of_closed_doors()
        if with_demo:
            print_accounts()
        try:
            server.run()
        finally:
            say(_("正在停止……"))
            server.close()
            background.stop()


def leave(number: int, frame: FrameType | None) -> NoReturn:
    """End by SystemExit: the handler of the signals that ask a server to stop."""
    raise SystemExit(0)


def others() -> int:
    """How many processes answer beside this one: none where a process cannot hand on its sockets."""
    return settings.CONFIG.processes - 1 if os.name == "posix" else 0


def require_free_port() -> None:
    """Raise ops.port_busy unless the address can be listened on; asked first, before anything takes its time."""
    for one in listening_sockets():
        one.close()


def listening_sockets() -> list[socket.socket]:
    """A socket that listens, for each address of the host. Raises ops.port_busy."""
    config, found = settings.CONFIG, {}
    try:
        for family, kind, protocol, _name, address in socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            if address not in found:
                found[address] = _listening(family, kind, protocol, address)
    except OSError as error:
        for one in found.values():
            one.close()
        raise Refusal("ops.port_busy", host=config.host, port=config.port, reason=reason_of(error)) from None
    return list(found.values())


def _listening(family: int, kind: int, protocol: int, address: Any) -> socket.socket:
    made = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        made.listen(WAITING_CONNECTIONS)
    except OSError:
        made.close()
        raise
    return made


def server_on(sockets: list[socket.socket]) -> Any:
    """The web server of this process on sockets that listen."""
    from waitress.server import create_server

    from huoshui.web.wsgi import application

    config = settings.CONFIG
    behind_proxy = {
        "trusted_proxy": config.proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }
    try:
        return create_server(
            application,
            sockets=sockets,
            threads=-(-config.threads // (others() + 1)),
            backlog=WAITING_CONNECTIONS,
            ident=None,
            max_request_body_size=MOST_BODY_BYTES,
            clear_untrusted_proxy_headers=True,
            **(behind_proxy if config.https else {}),
        )
    finally:
        connections.close_all()


def addresses() -> list[str]:
    """Where the site answers: each allowed host name, or the address that it listens on."""
    config = settings.CONFIG
    if config.https:
        return [f"https://{name}/" for name in config.allowed_hosts if name not in LOCAL] or [f"{config.local_url}/"]
    names = [name for name in config.allowed_hosts if name not in LOCAL and not name.startswith((".", "*"))]
    outward = config.host not in LOCAL
    return [f"{config.local_url}/", *(f"http://{name}:{config.port}/" for name in names if outward)]


def _warn_of_closed_doors() -> None:
    config = settings.CONFIG
    if config.host not in LOCAL and all(name in LOCAL for name in config.allowed_hosts):
        say(_("其他电脑还不能打开：请在 HUOSHUI_ALLOWED_HOSTS 中写明本机的网址或 IP。"))
