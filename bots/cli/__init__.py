"""The command line: `concierge …`."""

from __future__ import annotations

import sys

from core.errors import ConciergeError, ConfigurationError
from knowledge.errors import KnowledgeError


def main() -> None:
    """Entry point. Exit status 0 it held, 1 it did not, 2 wrong use; errors are one line, never a traceback."""
    from bots.cli.commands import app

    try:
        app()
    except ConfigurationError as error:
        print(f"concierge: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except (ConciergeError, KnowledgeError) as error:
        print(f"concierge: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
