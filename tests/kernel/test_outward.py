"""Whom the product may call outside, and how long a call may take at most."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from huoshui.kernel import outward
from huoshui.kernel.errors import Refusal

INSIDE = [
    "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::a00:1", "fec0::1", "fe80::1", "fd00::1", "::7f00:1", "::1",
    "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "2002:7f00:1::", "2001:db8::1", "3fff::1", "5f00::1", "100::1",
    "ff02::1", "192.0.0.8", "192.0.0.200", "192.88.99.1", "100.64.0.1", "198.18.0.1", "203.0.113.5", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "0.0.0.0", "127.0.0.1", "169.254.169.254",
]  # fmt: skip
OUTSIDE = [
    "93.184.215.14", "114.114.114.114", "2400:3200::1", "2606:4700:4700::1111", "64:ff9b::114.114.114.114",
    "::ffff:114.114.114.114", "2002:7272:7272::1",
]  # fmt: skip
Resolve = Callable[..., None]


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    """Give every name these addresses, after some seconds."""

    def name(*addresses: str, seconds: float = 0) -> None:
        def getaddrinfo(host: str, port: int, *_given: Any, **_named: Any) -> list[Any]:
            time.sleep(seconds)
            return [(2, 1, 6, "", (address, port)) for address in addresses]

        monkeypatch.setattr(outward.socket, "getaddrinfo", getaddrinfo)

    return name


def refusal(url: str) -> str:
    with pytest.raises(Refusal) as refused:
        outward.post(url, b"{}", {})
    return refused.value.code


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_or_leads_inside_is_refused(named: Resolve, address: str) -> None:
    named(address)
    with pytest.raises(Refusal) as refused:
        outward.require_public("name.example")
    assert refused.value.code == "outward.private"


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_public_is_not(named: Resolve, address: str) -> None:
    named(address)
    assert outward.addresses_of("name.example") == [address]


@pytest.mark.parametrize("addresses", [["93.184.215.14"], ["127.0.0.1", "93.184.215.14"]])
def test_no_plain_call_leaves_the_house(named: Resolve, settings: Any, addresses: list[str]) -> None:
    """Judged at every call: a name that was inside when it was set up may lead outside since."""
    settings.CONFIG = settings.CONFIG.model_copy(update={"private_hosts": ["127.0.0.0/8"]})
    named(*addresses)
    assert refusal("http://moved.example/hook") == "outward.https"


# --- time -------------------------------------------------------------------------


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """Half a second for everything, which the test must keep."""
    settings.CONFIG = settings.CONFIG.model_copy(update={"private_hosts": ["127.0.0.0/8"]})
    monkeypatch.setattr(outward, "WHOLE_SECONDS", 0.5)
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 3


@pytest.fixture
def dripping() -> Iterator[int]:
    """The port of a server that sends a byte now and then, and never an end: of headers, or of a TLS record."""
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        with contextlib.suppress(OSError), server.accept()[0] as client:
            first = client.recv(1, socket.MSG_PEEK)
            client.sendall(b"\x16\x03\x03\x40\x00" if first == b"\x16" else b"HTTP/1.1 ")
            while not over.wait(0.05):
                client.sendall(b"2")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    over.set()
    thread.join()
    server.close()


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_answers_byte_by_byte_is_cut_off(dripping: int, scheme: str) -> None:
    assert refusal(f"{scheme}://127.0.0.1:{dripping}/") == "outward.unreachable"


@pytest.mark.usefixtures("hasty")
def test_many_addresses_have_the_time_of_one(named: Resolve, monkeypatch: pytest.MonkeyPatch) -> None:
    named(*[f"93.184.215.{last}" for last in range(1, 40)])
    tried = []

    def connect(address: tuple[str, int], timeout: float) -> None:
        tried.append(timeout)
        time.sleep(min(timeout, 0.3))
        raise TimeoutError

    monkeypatch.setattr(outward.socket, "create_connection", connect)
    assert refusal("https://many.example/") == "outward.unreachable"
    assert len(tried) == 2
    assert 0 < tried[1] < tried[0] <= 0.5


@pytest.mark.usefixtures("hasty")
def test_of_addresses_that_refuse_only_some_are_tried(named: Resolve, monkeypatch: pytest.MonkeyPatch) -> None:
    named(*[f"93.184.215.{last}" for last in range(1, 40)])
    tried = []

    def connect(address: tuple[str, int], timeout: float) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(outward.socket, "create_connection", connect)
    assert refusal("https://many.example/") == "outward.unreachable"
    assert len(tried) == outward.MOST_TRIED


@pytest.mark.usefixtures("hasty")
def test_a_resolver_that_does_not_answer_is_not_waited_for(named: Resolve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "LOOKUP_SECONDS", 0.1)
    named("93.184.215.14", seconds=4)
    assert refusal("https://slow.example/") == "outward.unknown"
