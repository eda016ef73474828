"""The command line of Concierge against a local Discord: `python -m tests.discord.local_cli PORT run discord …`.

For tests that kill a bot: it is a process of its own then, and PORT is a `tests.discord.gateway.WireDiscord`'s.
"""

from __future__ import annotations

import sys

from tests.discord.gateway import point_at

if __name__ == "__main__":
    from bots.cli import main

    point_at(int(sys.argv.pop(1)))
    main()
