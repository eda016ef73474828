"""The main job, end to end: the product as it is started, a real browser, a customer, a VIP, and two colleagues."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.console.product import running

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the product serves its console."""
    with running(tmp_path_factory.mktemp("product")) as url:
        yield url


class Windows:
    """Opens browser windows; each is somebody's."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self.asked: list[str] = []
        """Every URL that any window asked for."""

    async def open(self, query: str) -> Page:
        """A window with storage of its own."""
        context = await self._browser.new_context(viewport={"width": 1280, "height": 800})
        context.on("request", lambda request: self.asked.append(request.url))
        page = await context.new_page()
        await page.goto(f"{self._address}/?{query}")
        return page


@pytest_asyncio.fixture(loop_scope="module")
async def windows(browser: Browser, address: str) -> AsyncIterator[Windows]:
    made = Windows(browser, address)
    yield made
    for context in browser.contexts:
        await context.close()
    assert {urlsplit(url).hostname for url in made.asked} <= {"127.0.0.1", None}, "something came from outside"


async def ask(page: Page, text: str) -> None:
    """The customer writes."""
    box = page.get_by_role("textbox", name="Message")
    await box.fill(text)
    await box.press("Enter")
    await expect(page.locator(".chat .mine .bubble").last).to_have_text(text)


async def reply(page: Page, text: str) -> None:
    """The colleague writes in the thread of the open card."""
    box = page.get_by_role("textbox", name="Reply to the customer")
    await box.fill(text)
    await box.press("Enter")


def bot(page: Page) -> Locator:
    """What the bot has said to the customer."""
    return page.locator(".chat .message.bot")


def card(page: Page, name: str) -> Locator:
    """Cards of a customer in the queue."""
    return page.locator(".queue .item").filter(has_text=name)


async def open_card(page: Page, name: str) -> None:
    """Open the card of a customer, and wait until it is what the buttons belong to."""
    await card(page, name).click()
    await expect(page.locator(".card-title")).to_contain_text(name)


async def resolve(page: Page) -> None:
    """Press Resolve, and fill in the form that may ask for an outcome."""
    await page.locator(".card-buttons").get_by_role("button", name="Resolve").click()
    dialog, closed = page.get_by_role("dialog"), page.locator(".pill.state-resolved")
    await expect(dialog.or_(closed).first).to_be_visible()
    if await dialog.count():
        for box in await dialog.get_by_role("combobox").all():
            await box.click()
            await page.get_by_role("option").first.click()
        await dialog.get_by_role("button", name="Resolve").click()
    await expect(closed).to_be_visible()


async def test_a_customer_is_answered_handed_over_and_given_back(windows: Windows) -> None:
    page = await windows.open("person=visitor-ann&colleague=sam")
    await expect(page.get_by_text("Hello Visitor Ann")).to_be_visible()

    await ask(page, "How do I get a refund?")
    await expect(bot(page).first).to_be_visible()
    await expect(bot(page).first.get_by_role("note", name="Sources")).to_be_visible()

    await ask(page, "human please")
    await expect(page.locator(".chat .notice")).to_contain_text("asked for a human")
    await open_card(page, "Visitor Ann")
    await expect(page.locator(".pill")).to_have_text("Waiting")
    await expect(page.locator(".facts")).to_contain_text("Visitor Ann")
    await expect(page.locator(".transcript")).to_contain_text("How do I get a refund?")

    await page.get_by_role("button", name="Claim").click()
    await expect(page.locator(".pill")).to_have_text("In conversation")
    await expect(page.locator(".chat .notice").filter(has_text="Sam")).to_be_visible()
    before = await bot(page).count()
    await reply(page, "Good morning, Sam here. What is it about?")
    await expect(page.locator(".chat .message.colleague")).to_contain_text("Sam here")
    await ask(page, "How do I get a refund?")
    await expect(page.locator(".case .message.customer")).to_contain_text("How do I get a refund?")
    await reply(page, "I have sent it back to your card.")
    await expect(page.locator(".chat .message.colleague").last).to_contain_text("sent it back")
    assert await bot(page).count() == before, "the bot spoke while a colleague owned the conversation"

    await resolve(page)
    await expect(page.locator(".chat .notice").filter(has_text="closed this conversation")).to_be_visible()
    await ask(page, "How do I get a refund?")
    await expect(bot(page)).to_have_count(before + 1)
    await expect(bot(page).last.get_by_role("note", name="Sources")).to_be_visible()


async def test_the_button_reaches_a_human_too(windows: Windows) -> None:
    page = await windows.open("person=visitor-bob&colleague=sam")
    await ask(page, "How do I change my address?")
    await bot(page).first.get_by_role("button", name="Talk to a human").click()
    await expect(page.locator(".chat .notice")).to_contain_text("asked for a human")
    await expect(card(page, "Visitor Bob")).to_be_visible()


async def test_the_first_message_of_a_vip_pages_at_once(windows: Windows) -> None:
    page = await windows.open("person=grace&colleague=kim")
    await ask(page, "hello")
    await expect(card(page, "Grace").locator(".vip")).to_be_visible()
    await open_card(page, "Grace")
    await page.get_by_role("button", name="Claim").click()
    await expect(page.locator(".chat .notice").filter(has_text="Kim")).to_be_visible()
    await resolve(page)


async def test_of_two_claims_at_once_one_wins_and_the_other_is_told_who(windows: Windows) -> None:
    customer = await windows.open("person=visitor-cleo&view=chat")
    await ask(customer, "I want to talk to a person")
    sam, kim = await windows.open("view=desk&colleague=sam"), await windows.open("view=desk&colleague=kim")
    for page in (sam, kim):
        await open_card(page, "Visitor Cleo")
    # Not `click`: it makes sure that nothing moves first, and by then the faster one's claim has taken the button away.
    claims = [page.get_by_role("button", name="Claim") for page in (sam, kim)]
    await asyncio.gather(*(claim.evaluate("button => button.click()") for claim in claims))
    for page in (sam, kim):
        await expect(page.locator(".pill")).to_have_text("In conversation")
    joined = customer.locator(".chat .notice").filter(has_text="has joined")
    await expect(joined).to_have_count(1)
    winner = "Sam" if "Sam" in await joined.inner_text() else "Kim"
    loser = kim if winner == "Sam" else sam
    await expect(loser.get_by_role("alert").filter(has_text=winner)).to_be_visible()
    for page in (sam, kim):
        await expect(page.locator(".facts")).to_contain_text(winner)
        await expect(card(page, "Visitor Cleo").locator(".item-owner")).to_have_text(winner)


async def test_who_is_not_staff_can_do_nothing_at_the_desk(windows: Windows) -> None:
    customer = await windows.open("person=visitor-dan&view=chat")
    await ask(customer, "human please")
    page = await windows.open("view=desk&colleague=mallory")
    await open_card(page, "Visitor Dan")
    await page.get_by_role("button", name="Claim").click()
    await expect(page.get_by_role("alert").filter(has_text="staff")).to_be_visible()
    await expect(page.locator(".pill")).to_have_text("Waiting")


async def test_a_reload_shows_the_same_conversation(windows: Windows) -> None:
    page = await windows.open("person=visitor-eve&view=chat")
    await ask(page, "How do I get a refund?")
    await expect(bot(page).first).to_be_visible()
    said = await page.locator(".chat .message").all_inner_texts()
    await page.reload()
    await expect(page.locator(".chat .message")).to_have_count(len(said))
    assert await page.locator(".chat .message").all_inner_texts() == said
