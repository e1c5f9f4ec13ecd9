"""Provisions a client company: creates it, turns on features, sets its plan. Safe to run twice.

`CRANKWHEEL_API_KEY=… python examples/provision_client.py acmecorp "Acme Corporation" plan_1`
"""

from __future__ import annotations

import sys

from crankwheel import BadRequestError, CrankWheel, InvalidRequestError


def provision(cw: CrankWheel, sname: str, lname: str, plan: str) -> None:
    # An existing client with this sname is returned unchanged.
    client, created = cw.clients.get_or_create(sname=sname, lname=lname)
    # Single sign-on needs the provisioning provider "reseller".
    cw.clients.update(client, settings={"provisioning_provider": "reseller", "audit_log": True})
    # Setting a plan twice is harmless: retry it even if it is unknown whether it was applied.
    cw.with_options(retry_writes=True).clients.set_plan(client, plan)
    print(f"{'Created' if created else 'Found'} {client.sname} (id {client.id}) and set {plan}.")


def main() -> None:
    sname, lname, plan = sys.argv[1:]
    with CrankWheel() as cw:
        try:
            provision(cw, sname, lname, plan)
        except (InvalidRequestError, BadRequestError) as error:
            # This package or the API refused fields; the error names them and the reasons.
            for field, messages in error.errors.items():
                print(f"{field}: {', '.join(messages)}", file=sys.stderr)
            sys.exit(1)


if __name__ == "__main__":
    main()
