"""Takes the picture for the README from the running product.

`python -m tests.console.picture [FILE]` (by default .github/console.png) starts `concierge run console` in an empty
folder and plays one handoff in a real browser.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.console.conftest import CHROMIUM, SWITCHES
from tests.console.product import running
from tests.console.test_browser import ask, bot, card, open_card, reply

WIDTH, HEIGHT = 1280, 960


async def play(page: Page) -> None:
    """A question, a handoff that is claimed, and a VIP who waits."""
    await ask(page, "How much is a late fee?")
    await expect(bot(page)).to_have_count(1)
    await ask(page, "human please")
    await open_card(page, "Ada")
    await page.get_by_role("button", name="Claim").click()
    await reply(page, "Hi Ada, Sam here. I see the fee of last week; shall I **waive** it?")
    await expect(page.locator(".chat .message.colleague")).to_have_count(1)
    await ask(page, "Yes, please!")
    await page.locator(".people").get_by_role("button", name="Grace").click()
    await ask(page, "My card was stolen")
    await expect(card(page, "Grace")).to_be_visible()
    await page.locator(".people").get_by_role("button", name="Ada").click()
    await open_card(page, "Ada")
    await expect(page.locator(".chat .message.colleague")).to_have_count(1)
    await expect(page.locator(".case .message.customer")).to_have_count(1)
    await expect(page.locator(".toast")).to_have_count(0)


async def take(address: str, target: Path) -> None:
    """Play on the page at `address`, and keep the picture."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=2)
        page = await context.new_page()
        await page.goto(f"{address}/?person=ada&colleague=sam")
        await play(page)
        await page.screenshot(path=target)
        await browser.close()


def main() -> None:
    """Start, play, keep."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ".github/console.png")
    with tempfile.TemporaryDirectory(prefix="console-") as folder, running(Path(folder)) as address:
        asyncio.run(take(address, target))
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
