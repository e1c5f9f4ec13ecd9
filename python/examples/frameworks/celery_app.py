"""Celery: a task that computes a month-end bill.

Run a worker with `celery --app celery_app worker`. The broker and the store of results are read from
CELERY_BROKER_URL and CELERY_RESULT_BACKEND.
"""

from __future__ import annotations

import os

from celery import Celery

from crankwheel import APIConnectionError, CrankWheel

app = Celery("billing", backend=os.environ.get("CELERY_RESULT_BACKEND"))

# Created before the worker forks its processes: each of them opens its own connections.
cw = CrankWheel()


@app.task(autoretry_for=(APIConnectionError,), retry_backoff=True, max_retries=5)
def month_end_bill(month: str) -> dict[str, float]:
    overview = cw.reseller.billing(month)
    return {name: plan.units for name, plan in overview.total_pro_rata.items()}
