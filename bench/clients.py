"""Clients that ask as fast as they are answered, in a process of their own: a JSON plan in, a JSON result out.

A plan: port, seconds, clients, and requests: each with method, path, headers, body ("{n}" becomes a running number)
and weight. The result: the milliseconds of every answer by the name of its request, and what went wrong.
"""

from __future__ import annotations

import http.client
import itertools
import json
import random
import sys
import threading
import time
from typing import Any

ALLOWED = {200, 201}


class Crowd:
    """All clients of a run, and what they saw."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.until = time.monotonic() + plan["seconds"]
        self.times: dict[str, list[float]] = {request["name"]: [] for request in plan["requests"]}
        self.errors: list[str] = []
        self.running = itertools.count(1)

    def run(self) -> None:
        threads = [threading.Thread(target=self.client, args=(number,)) for number in range(self.plan["clients"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def client(self, number: int) -> None:
        chance = random.Random(number)
        requests = self.plan["requests"]
        weights = [request["weight"] for request in requests]
        connection = http.client.HTTPConnection("127.0.0.1", self.plan["port"], timeout=60)
        while time.monotonic() < self.until:
            request = chance.choices(requests, weights)[0]
            try:
                self.ask(connection, request)
            except OSError as error:
                self.errors.append(f"{request['name']}: {error!r}")
                connection.close()
        connection.close()

    def ask(self, connection: http.client.HTTPConnection, request: dict[str, Any]) -> None:
        mark = str(next(self.running))
        headers = {name: value.replace("{n}", mark) for name, value in request["headers"].items()}
        began = time.perf_counter()
        connection.request(request["method"], request["path"], request["body"].replace("{n}", mark).encode(), headers)
        answer = connection.getresponse()
        told = answer.read()
        self.times[request["name"]].append((time.perf_counter() - began) * 1000)
        if answer.status not in ALLOWED:
            self.errors.append(f"{request['name']}: {answer.status} {told[:200].decode(errors='replace')}")


if __name__ == "__main__":
    crowd = Crowd(json.load(sys.stdin))
    crowd.run()
    json.dump({"times": crowd.times, "errors": crowd.errors}, sys.stdout)
