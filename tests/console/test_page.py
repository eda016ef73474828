"""The page in a real browser, over a scripted desk: looks, keys, failures, and text that means harm."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from core.store.redis import connect
from core.store.server import EmbeddedRedis

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The console over the scripted desk, in a process of its own; its address, and that of its Redis."""
    folder = tmp_path_factory.mktemp("page")
    command = [sys.executable, "-m", "tests.console.scripted", str(folder), "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready"), "the scripted console did not start"
        yield f"http://127.0.0.1:{int(line.split()[1])}", EmbeddedRedis(folder).url
        process.terminate()


@pytest_asyncio.fixture(loop_scope="module")
async def address(served: tuple[str, str]) -> str:
    """Where the page is; nothing has been said yet."""
    client = connect(served[1])
    await client.flushall()
    await client.aclose()
    return served[0]


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser in which nothing may ask for anything outside this machine."""
    made = await browser.new_context(viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    made.on("request", lambda request: asked.append(request.url))
    yield made
    await made.close()
    outside = {url for url in asked if urlsplit(url).hostname not in {"127.0.0.1", None}}
    assert asked
    assert not outside


async def open_page(context: BrowserContext, url: str) -> Page:
    page = await context.new_page()
    await page.goto(url)
    return page


async def test_the_page_from_the_first_question_to_the_last_button(context: BrowserContext, address: str) -> None:
    page = await open_page(context, f"{address}/?person=ada&colleague=sam")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await expect(page.get_by_text("Hello Ada")).to_be_visible()
    await expect(page.get_by_role("heading", name="Nobody is waiting")).to_be_visible()

    # Enter sends, Shift+Enter does not
    box = page.get_by_role("textbox", name="Message")
    await box.press_sequentially("How much")
    await box.press("Shift+Enter")
    await box.press_sequentially("is a late fee?")
    await expect(page.locator(".chat .message")).to_have_count(0)
    await box.press("Enter")
    await expect(page.locator(".chat .mine .bubble")).to_have_text("How much\nis a late fee?", use_inner_text=True)
    await expect(box).to_have_value("")
    answer = page.locator(".chat .message.bot")
    await expect(answer).to_contain_text("14 days")
    await expect(answer.get_by_text("What do late fees cost?")).to_be_visible()
    await expect(answer.get_by_role("link", name="Changing a payment plan")).to_have_attribute(
        "href", "https://example.org/plan"
    )
    await answer.get_by_role("button", name="Not helpful").click()
    await expect(page.get_by_role("alert").get_by_text("Thank you for telling us.")).to_be_visible()

    # a card, a form, and a list in a dialog
    await answer.get_by_role("button", name="Talk to a human").click()
    await expect(page.locator(".chat .notice")).to_contain_text("first in the queue")
    await page.get_by_role("button", name="Claim").click()
    await expect(page.locator(".facts")).to_contain_text("Sam")
    await page.get_by_role("button", name="Queue", exact=True).click()
    await expect(page.get_by_role("dialog")).to_contain_text("Grace")
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await page.locator(".card-buttons").get_by_role("button", name="Resolve").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Resolve").click()
    await expect(dialog.get_by_role("alert").get_by_text("Please fill in: Outcome")).to_be_visible()
    await dialog.get_by_role("combobox", name="Outcome").click()
    await page.get_by_role("option", name="Solved", exact=True).click()
    await dialog.get_by_role("button", name="Resolve").click()
    await expect(page.locator(".pill")).to_have_text("Resolved")
    assert errors == []


async def test_what_was_written_is_edited_and_taken_back(context: BrowserContext, address: str) -> None:
    page = await open_page(context, f"{address}/?person=ada&colleague=sam")
    await page.get_by_role("textbox", name="Message").fill("My code is 1234")
    await page.keyboard.press("Enter")
    mine = page.locator(".chat .mine")
    await mine.hover()
    await mine.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Message").fill("My code is secret")
    await dialog.get_by_role("button", name="Save").click()
    await expect(mine.locator(".bubble")).to_have_text("My code is secret")
    await expect(mine.locator("time")).to_contain_text("edited")
    await expect(dialog).to_have_count(0)
    await mine.hover()
    await mine.get_by_role("button", name="Edit").click()
    await dialog.get_by_role("button", name="Delete").click()
    await expect(mine).to_have_count(0)


async def test_two_windows_are_two_people_and_see_the_same(context: BrowserContext, address: str) -> None:
    sam = await open_page(context, f"{address}/?person=grace&colleague=sam")
    kim = await open_page(context, f"{address}/?view=desk&colleague=kim")
    await expect(kim.get_by_role("textbox", name="Message")).to_have_count(0)
    await sam.get_by_role("textbox", name="Message").fill("hello")
    await sam.get_by_role("textbox", name="Message").press("Enter")
    await expect(sam.locator(".item .vip")).to_be_visible()
    await expect(kim.locator(".item .vip")).to_be_visible()
    await expect(kim).to_have_title("(1) Concierge")
    await sam.get_by_role("button", name="Claim").click()
    await sam.get_by_role("textbox", name="Reply to the customer").fill("I am on it.")
    await sam.get_by_role("textbox", name="Reply to the customer").press("Enter")
    await expect(sam.locator(".chat .message.colleague")).to_contain_text("Support team")
    await expect(kim.locator(".case .message.colleague")).to_contain_text("I am on it.")
    await expect(kim.locator(".pill")).to_have_text("In conversation")


async def test_a_person_is_picked_and_stays_picked(context: BrowserContext, address: str) -> None:
    page = await open_page(context, address)
    box = page.get_by_role("textbox", name="Message")
    await box.fill("I am Ada")
    await box.press("Enter")
    await expect(page.locator(".chat .mine")).to_have_count(1)
    await page.get_by_role("button", name="Grace").click()
    await expect(page.get_by_text("Hello Grace")).to_be_visible()
    await expect(page.get_by_role("button", name="Grace")).to_have_attribute("aria-pressed", "true")
    await expect(page).to_have_url(re.compile("person=grace"))
    await page.reload()
    await expect(page.get_by_text("Hello Grace")).to_be_visible()
    await page.get_by_role("button", name="Ada").click()
    await expect(page.locator(".chat .mine")).to_contain_text("I am Ada")


async def test_what_could_not_be_kept_stays_in_the_box(context: BrowserContext, address: str) -> None:
    page = await open_page(context, f"{address}/?person=max")
    box = page.get_by_role("textbox", name="Message")
    await box.fill("the store is away")
    await box.press("Enter")
    await expect(page.locator(".chat .problem")).to_contain_text("could not be delivered")
    await expect(box).to_have_value("the store is away")
    await expect(page.locator(".chat .message")).to_have_count(0)
    await page.get_by_role("button", name="Send").first.click()
    await expect(page.locator(".chat .mine .bubble")).to_have_text("the store is away")
    await expect(page.locator(".chat .problem")).to_be_hidden()
    await expect(box).to_have_value("")


async def test_what_is_written_while_another_text_is_on_its_way_goes_after_it(
    context: BrowserContext, address: str
) -> None:
    page, other = await open_page(context, f"{address}/?person=max"), await open_page(context, f"{address}/?person=eve")
    box = page.get_by_role("textbox", name="Message")
    for text in ("hold this", "second", "third"):
        await box.fill(text)
        await box.press("Enter")
        await expect(box).to_have_value("")
    await expect(page.locator(".chat .mine .bubble")).to_have_text(["hold this"])
    await box.fill("being typed")
    await other.get_by_role("textbox", name="Message").fill("go on")
    await other.get_by_role("textbox", name="Message").press("Enter")
    await expect(page.locator(".chat .mine .bubble")).to_have_text(["hold this", "second", "third"])
    await expect(box).to_have_value("being typed")


async def test_hostile_text_is_only_text(context: BrowserContext, address: str) -> None:
    page = await open_page(context, f"{address}/?person=eve")
    box = page.get_by_role("textbox", name="Message")
    await box.fill("hostile <script>window.hacked = 1</script><img src=x onerror='window.hacked=1'>")
    await box.press("Enter")
    answer = page.locator(".chat .message.bot")
    await expect(answer).to_contain_text("(evil.example)")
    await expect(page.locator(".chat .mine")).to_contain_text("<script>window.hacked = 1</script>")
    assert await page.evaluate("window.hacked") is None
    assert await page.locator(".chat img, .chat .bubble script").count() == 0
    for link in await page.locator(".chat .bubble a").all():
        assert (await link.get_attribute("href") or "").startswith("https://")


async def test_long_and_wordless_messages(context: BrowserContext, address: str) -> None:
    page = await open_page(context, f"{address}/?person=leo")
    box = page.get_by_role("textbox", name="Message")
    for text, shown in (("word " * 20_000 + "END", "Show all 100,003 characters"), ("🎉🎉", "🎉🎉")):
        await box.fill(text)
        await box.press("Enter")
        await expect(page.locator(".chat .mine").last).to_contain_text(shown)
    await box.fill("   ")
    await box.press("Enter")
    await box.fill("typing, please")
    await box.press("Enter")
    await expect(page.get_by_role("status", name="A reply is being written")).to_be_visible()
    await expect(page.locator(".chat .mine")).to_have_count(3)


async def test_a_phone_shows_one_pane_at_a_time(context: BrowserContext, address: str) -> None:
    page = await open_page(context, address)
    await page.set_viewport_size({"width": 390, "height": 780})
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    await expect(page.locator(".desk")).to_be_hidden()
    await page.get_by_role("button", name="Desk", exact=True).click()
    await expect(page.locator(".desk")).to_be_visible()
    await expect(page.locator(".chat")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_requests_in_another_sites_name_are_refused(context: BrowserContext, address: str) -> None:
    port = urlsplit(address).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 400")
    writer.close()
    await writer.wait_closed()
    page = await context.new_page()
    response = await page.goto(address)
    assert response is not None
    assert "default-src 'self'" in response.headers["content-security-policy"]
