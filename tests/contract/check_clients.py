"""Generates clients from the contract with other projects' generators, and runs all 13 operations with each.

Every client goes through the same scenario against its own sandbox. The results, and the received requests,
must be the same as with plain HTTP (`clients/plain_http.py`). `cargo xtask test` installs what this needs and runs it;
names of clients as arguments run only those.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from typing import Any

from generators import CLIENTS, CONTRACT, TARGET, Client, MakeError, PlainHttp

SANDBOX = TARGET / "debug" / "crankwheel-sandbox"
# A clock that stands still: everything but the time it takes is the same in every run.
OPTIONS = "--port 0 --clients 5 --days 90 --now 2019-03-01T12:00:00Z --no-204-body"
KEY = "sandbox-reseller-key"

# Parameters that have their default: the same as left out.
DEFAULTS = {("multi_login", "false")}


class PlayError(Exception):
    """A scenario did not get to its end."""


def play(client: Client, can_unset: bool) -> tuple[Any, list[dict[str, Any]]]:
    """Runs a client's scenario: what it returned, and the requests that arrived."""
    sandbox = subprocess.Popen([str(SANDBOX), *OPTIONS.split()], stdout=subprocess.PIPE, text=True)
    assert sandbox.stdout is not None
    try:
        url = next(line.split()[1] for line in sandbox.stdout if line.strip().startswith("URL"))
        variables = {"CRANKWHEEL_BASE_URL": url, "CRANKWHEEL_API_KEY": KEY, "NO_PROXY": "127.0.0.1"}
        variables["CAN_UNSET"] = json.dumps(can_unset)
        done = subprocess.run(
            [str(part) for part in client.command()],
            env=os.environ | client.environment | variables,
            capture_output=True,
            text=True,
        )
        with urllib.request.urlopen(f"{url}/_sandbox/requests") as response:
            requests = json.load(response)
        if done.returncode != 0:
            raise PlayError(f"{done.stderr}\nfailed after {len(requests)} requests")
        # The sandbox's own address is part of login links.
        return json.loads(done.stdout.replace(url, "URL")), [sent(request) for request in requests]
    finally:
        sandbox.kill()
        sandbox.wait()


def sent(request: dict[str, Any]) -> dict[str, Any]:
    """A request as far as it matters."""
    query = {(name, value) for name, value in request["query"]}
    return {
        "method": request["method"],
        "path": urllib.parse.unquote(request["path"]),
        "query": sorted(query - DEFAULTS),
        "body": json.loads(request["body"] or "null"),
        "status": request["status"],
    }


def operations(requests: list[dict[str, Any]]) -> set[str]:
    """The operations of the contract that these requests are, less those that failed."""
    found = set()
    for path, item in json.loads(CONTRACT.read_text(encoding="utf-8"))["paths"].items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", path)
        for request in requests:
            operation = item.get(request["method"].lower())
            if operation and request["status"] < 300 and re.fullmatch(pattern, request["path"]):
                found.add(operation["operationId"])
    return found


TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.0+|(\.\d*[1-9])0*)?(?:Z|\+00:00)")


def comparable(value: Any) -> Any:
    """The value in a form that does not depend on the language: null and absent are one, a timestamp has one form."""
    if isinstance(value, dict):
        members = {name: comparable(item) for name, item in value.items() if item is not None}
        if "company_id" in members:
            members["company_id"] = int(members["company_id"])
        return members
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, str) and (found := TIMESTAMP.fullmatch(value)):
        return f"{found[1]}{found[2] or ''}Z"
    return value


def differences(expected: Any, found: Any, at: str) -> list[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        names = sorted(expected.keys() | found.keys())
        parts = [(expected.get(name), found.get(name), f"{at}.{name}") for name in names]
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        parts = [(*pair, f"{at}[{index}]") for index, pair in pairs]
    else:
        return [] if expected == found else [f"{at} is {found!r}, expected {expected!r}"]
    return [line for one, other, at in parts for line in differences(one, other, at)]


def check(client: Client) -> list[str]:
    """Returns the problems of a client."""
    began = time.monotonic()
    try:
        client.clear()
        client.make()
        made = time.monotonic()
        found, requests = play(client, client.can_unset)
    except (MakeError, PlayError) as error:
        return [str(error)]
    ended = time.monotonic()
    expected, expected_requests = play(PlainHttp(), client.can_unset)
    done = operations(requests)
    problems = differences(comparable(expected), comparable(found), "result")
    problems += differences(expected_requests, requests, "requests")
    if missing := operations(expected_requests) - done:
        problems.append(f"not done: {missing}")
    took = f"made in {made - began:.1f} s, run in {ended - made:.1f} s"
    print(f"{client.name}: {len(done)} of 13 operations ({took})", flush=True)
    return problems


def main() -> None:
    wanted = sys.argv[1:] or [kind.name for kind in CLIENTS]
    failed = False
    for kind in CLIENTS:
        if kind.name in wanted:
            problems = check(kind())
            failed |= bool(problems)
            for problem in problems[:20]:
                print(f"{kind.name}: {problem}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
