"""gunicorn: a WSGI program that is loaded once, before the workers are forked.

Run it with `gunicorn --preload --workers 4 gunicorn_app:app`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from crankwheel import CrankWheel

# A call before the fork is allowed: each worker opens its own connections.
cw = CrankWheel()
plans = [plan.api_name for plan in cw.reseller.plans()]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = {"worker": os.getpid(), "plans": plans, "clients": len(cw.clients.list())}
    start_response("200 OK", [("content-type", "application/json")])
    return [json.dumps(body).encode()]
