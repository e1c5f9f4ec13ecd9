"""Prints the bill of a month: the units of each plan by company, and their sum.

`CRANKWHEEL_API_KEY=… python examples/month_end_bill.py 2019-02`
"""

from __future__ import annotations

import sys

from crankwheel import CrankWheel, Period


def main() -> None:
    month = sys.argv[1]
    with CrankWheel() as cw:
        overview = cw.reseller.billing(Period.month(month))
        names = {client.id: client.lname or client.sname for client in cw.clients.list()}

    for bill in overview.per_company:
        for plan, share in bill.plans_pro_rata.items():
            # A client that was deleted since then is on the bill, but not in the list.
            name = names.get(bill.company_id, f"client {bill.company_id}")
            print(f"{name}: {share.units:.3f} × {plan}")

    print(f"\nTotal of {month}")
    for plan, share in overview.total_pro_rata.items():
        print(f"{share.units:.3f} × {plan} ({share.human_name or 'no name'})")


if __name__ == "__main__":
    main()
