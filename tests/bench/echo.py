"""A baseline of `make bench`: a bare Bolt bot that says back what it hears. `python tests/bench/echo.py --port N`."""

from __future__ import annotations

import argparse
import logging
import os
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


def bolt() -> AsyncApp:
    """Bolt as its quick start makes it: events are acknowledged before their listener runs."""
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    return AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])


def answers(message: dict[str, Any]) -> dict[str, Any]:
    """The one thing that no tutorial has: it tells the benchmark which message a post answers."""
    return {"event_type": "bench", "event_payload": {"id": f"slack/{message['channel']}/{message['ts']}>0"}}


def serve(app: AsyncApp) -> None:
    """Listen on the port of the command line, with Bolt's own server."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    app.start(port=parser.parse_args().port, path="/slack/events", host="127.0.0.1")


def main() -> None:
    app = bolt()

    @app.event("message")
    async def reply(event: dict[str, Any], say: Any) -> None:
        await say(text=event["text"], metadata=answers(event))

    serve(app)


if __name__ == "__main__":
    main()
