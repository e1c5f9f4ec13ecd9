"""Logs the users of your site in to CrankWheel: the page /crankwheel redirects to a login link.

`CRANKWHEEL_API_KEY=… python examples/sso_redirect.py 8080`
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from crankwheel import CrankWheel, CrankWheelError


class Site(BaseHTTPRequestHandler):
    cw: CrankWheel

    def signed_in_user(self) -> tuple[str, str]:
        """Returns the user who is signed in, and the company. Replace it with your own check."""
        return "agent@acme.example", "acmecorp"

    def do_GET(self) -> None:
        if self.path != "/crankwheel":
            self.send_error(404)
            return
        email, company = self.signed_in_user()
        try:
            link = self.cw.sso.grant_token(email, create_in=self.cw.clients.find(company))
        except CrankWheelError as error:
            self.log_error("%s", error)  # An error shows neither the key nor a token.
            self.send_error(502, "CrankWheel is not available. Please try again.")
            return
        # Whoever has the link can act as that user, for two minutes: it must not be stored.
        self.send_response(302)
        self.send_header("Location", link.url)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()


def main() -> None:
    with CrankWheel() as Site.cw, ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Site) as server:
        print(f"http://127.0.0.1:{server.server_port}/crankwheel", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
