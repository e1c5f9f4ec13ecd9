"""The sandbox as a program: ``python -m crankwheel.sandbox --port 8080``."""

from __future__ import annotations

import sys

from .._native import run_sandbox

if __name__ == "__main__":
    try:
        sys.exit(run_sandbox(["python -m crankwheel.sandbox", *sys.argv[1:]]))
    except KeyboardInterrupt:
        # Ctrl-C has stopped the sandbox already; Python hears of it as well.
        sys.exit(0)
