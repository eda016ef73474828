// What the browser does by itself: times that count, scrolling that stays at the end, links in a new tab.
"use strict";

function countTimes() {
  const now = Date.now() / 1000;
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor(now - Number(element.dataset.since)));
    const minutes = Math.floor(seconds / 60);
    const text =
      seconds < 3600
        ? `${minutes}:${String(seconds % 60).padStart(2, "0")}`
        : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
    if (element.textContent !== text) element.textContent = text;
  }
}
setInterval(countTimes, 1000);

// A scrolled area marked data-pin shows its end as long as the reader has not scrolled away from it.
const atEnd = new WeakMap();

function keepAtEnd(area) {
  atEnd.set(area, true);
  area.addEventListener("scroll", () => {
    atEnd.set(area, area.scrollHeight - area.scrollTop - area.clientHeight < 60);
  });
  new MutationObserver((changes) => {
    const grew = changes.some((change) => change.target.closest?.(".messages, .typing") || change.target === area);
    if (grew && atEnd.get(area) && area.querySelector(".messages")?.childElementCount) area.scrollTop = area.scrollHeight;
  }).observe(area, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "style"] });
  if (area.querySelector(".messages")?.childElementCount) area.scrollTop = area.scrollHeight;
}

new MutationObserver(() => {
  for (const area of document.querySelectorAll("[data-pin]")) if (!atEnd.has(area)) keepAtEnd(area);
}).observe(document, { childList: true, subtree: true });

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (link) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
});

// The picked persons stay in the address, so that a reload or a bookmark brings them back.
function rememberInAddress(name, value) {
  const address = new URL(location.href);
  address.searchParams.set(name, value);
  history.replaceState(history.state, "", address);
}

// A box to write in is emptied and filled here alone: the server would do it to what has been typed meanwhile.
function setText(box, text) {
  box.value = text;
  box.dispatchEvent(new Event("input"));
}

function takeText(box) {
  const text = box.value;
  if (!text.trim()) return "";
  setText(box, "");
  return text;
}

// What could not be sent comes back, before what has been typed since.
function giveBack(id, text) {
  const box = document.querySelector(`textarea#${id}, #${id} textarea`);
  if (box) setText(box, box.value ? `${text}\n${box.value}` : text);
}

// On narrow screens one pane is shown at a time.
function showPane(name) {
  const frame = document.querySelector(".window");
  frame.dataset.pane = name;
  for (const button of frame.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === name));
  }
}
