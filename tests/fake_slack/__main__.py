"""A fake Slack as a process: `python -m tests.fake_slack --port 9000 --events-url URL` prints its own URL."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from tests.fake_slack.server import FakeSlack


async def serve(port: int, events_url: str, retry_delays: tuple[float, ...]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with FakeSlack(port=port, events_url=events_url, retry_delays=retry_delays) as slack:
        print(slack.url, flush=True)
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        description="A fake Slack; see tests/fake_slack/control.py for its remote control."
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--events-url", default="", help="where signed events go; without it Socket Mode")
    parser.add_argument("--retry-delays", default="0,60,300", help="seconds before each repeated event")
    options = parser.parse_args()
    delays = tuple(float(part) for part in options.retry_delays.split(",") if part)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, options.events_url, delays))


if __name__ == "__main__":
    main()
