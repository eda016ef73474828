"""The command line: `concierge …`."""

from __future__ import annotations

import os
import sys

from core.errors import ConciergeError, ConfigurationError
from knowledge.errors import KnowledgeError


def main() -> None:
    """Entry point. Exit status 0 it held, 1 it did not, 2 wrong use; errors are one line, never a traceback."""
    # Must be said before numpy is loaded. A search's matrices are small: threads for them would mostly wait for each
    # other, busily, on the cores that other searches and the event loop need.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
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
