"""The main tasks of a partner. `cargo xtask demo` compares the figures with those of Node.

`python tests/demo/demo.py [--today YYYY-MM-DD] [--figures FILE]`

It creates a client, changes its plan in mid-month, creates a login link, and reads the bill and the
usage. The sandbox has 200 companies with a year of history; its clock is moved to pass the month.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections import Counter
from pathlib import Path

from crankwheel import BillingOverview, Client, CrankWheel, Period, UsageHistory
from crankwheel.sandbox import Sandbox


def main() -> None:
    arguments = read_arguments()
    first = first_of_last_month(arguments.today)
    month = f"{first:%Y-%m}"
    with Sandbox(clients=200, days=365, seed=7, now=midnight(first)) as sandbox, sandbox.client() as cw:
        print(
            f"A sandbox with {len(cw.clients.list())} companies; its clock shows {sandbox.clock.now:%Y-%m-%d %H:%M}."
        )
        client = provision(cw, sandbox, first)

        sandbox.clock.set(midnight(next_month(first) + datetime.timedelta(days=1)))
        overview = cw.reseller.billing(month)
        show_bill(month, overview)
        own = cw.clients.billing(client, month)

        # The demo companies have history until the month begins: include the year before.
        year = Period(first - datetime.timedelta(days=365), next_month(first) - datetime.timedelta(days=1))
        history = cw.reseller.usage(year)
        show_usage(year, history)

    figures = {
        "month": month,
        "created_id": client.id,
        "created_billing": {str(part.api_name): part.effective_seconds for part in own.periods},
        "units": {plan: share.units for plan, share in overview.total_pro_rata.items()},
        "companies": len(overview.per_company),
        "sessions": len(history.sessions),
        "total_sec": history.stats.total_sec,
        "users": len(history.stats.user_stats),
        "sum_of_durations": sum(session.duration or 0 for session in history.sessions),
    }
    if arguments.figures:
        arguments.figures.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def provision(cw: CrankWheel, sandbox: Sandbox, first: datetime.date) -> Client:
    """Creates a client, changes its plan in mid-month, and creates a login link."""
    client = cw.clients.create(
        sname="acmecorp", lname="Acme Corporation", settings={"provisioning_provider": "reseller"}
    )
    cw.clients.set_plan(client, "plan_1")
    print(f"Created {client.sname} ({client.id}) with plan_1.")

    sandbox.clock.set(midnight(first + datetime.timedelta(days=14)))
    cw.clients.set_plan(client, "plan_2")
    print(f"On {sandbox.clock.now:%Y-%m-%d} it changed to plan_2.")

    link = cw.sso.grant_token("agent@acme.example", create_in=client)
    print(f"A link to log in its first user: {link}")
    return client


def show_bill(month: str, overview: BillingOverview) -> None:
    """Prints the units of each plan."""
    units = sorted(overview.total_pro_rata.items())
    rows = [[plan, share.human_name or "", f"{share.units:.3f}"] for plan, share in units]
    rows.append(["", "companies", f"{len(overview.per_company)}"])
    table(f"Billing overview of {month}", ["Plan", "Name", "Units"], rows)


def show_usage(period: Period, history: UsageHistory) -> None:
    """Prints the ten companies with the most hours, and the totals."""
    seconds: Counter[str] = Counter()
    meetings: Counter[str] = Counter()
    for session in history.sessions:
        name = session.lname or session.sname or ""
        seconds[name] += session.duration or 0
        meetings[name] += 1
    top = sorted(seconds.items(), key=lambda item: (-item[1], item[0]))[:10]
    rows = [[name, str(meetings[name]), f"{total / 3600:.1f}"] for name, total in top]
    total = history.stats.total_sec or 0
    rows.append(["all companies", str(history.stats.total_count), f"{total / 3600:.1f}"])
    table(
        f"Usage from {period.start:%Y-%m-%d} to {period.end:%Y-%m-%d}", ["Company", "Meetings", "Hours"], rows
    )


def table(title: str, header: list[str], rows: list[list[str]]) -> None:
    """Prints a table with aligned columns, numbers to the right."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]

    def line(row: list[str]) -> str:
        cells = [
            text.rjust(width) if column == len(row) - 1 or text.isdigit() else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    print(f"\n{title}")
    print(line(header))
    print("  ".join("-" * width for width in widths))
    for row in rows:
        print(line(row))


def midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), tzinfo=datetime.timezone.utc)


def next_month(first: datetime.date) -> datetime.date:
    return (first + datetime.timedelta(days=32)).replace(day=1)


def first_of_last_month(today: datetime.date) -> datetime.date:
    return (today.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The main tasks of a partner, against the sandbox.")
    parser.add_argument(
        "--today",
        type=datetime.date.fromisoformat,
        default=datetime.datetime.now(datetime.timezone.utc).date(),
        help="the date to use as today; the bill is that of the month before",
    )
    parser.add_argument("--figures", type=Path, help="a file to write the figures to, as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
