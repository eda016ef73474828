"""Ways in which help centres write or export an FAQ: every question is found, and no furniture in answers."""

from __future__ import annotations

import pytest

from tests.sources.conftest import Read

HUGO = """+++
title = "FAQ"
+++

## Accounts

{{% expand "How do I delete my account?" %}}
Write to **support**, see [privacy]({{< ref "privacy.md" >}}).
{{% /expand %}}

{{< details title="Can I rename my account?" open=true >}}
Once a year.
{{< /details >}}

{{< faq question="Is there an app?" >}}
Yes {{< figure src="app.png" title="The app" >}}
{{< /faq >}}
"""

NOTION = """# Support

Owner: Sam

- **How do I reset my password?**
\x20\x20\x20\x20
    Press *Forgot password*.

    ```
    - **Not a question?**
    ```
\x20\x20\x20\x20
- **Can I have two accounts?**

    No.

    - except companies
- **Where is my invoice?**

    Under Billing.
"""

MKDOCS = """# FAQ

??? question "How do I upgrade?"

    Run it.

    !!! warning
        Back up first.

        ??? note "Where?"
            On a disk.

???+ question "Is Windows supported?"
    Yes.
"""

JEKYLL = """---
title: FAQ
---

* TOC
{:toc}

### Do you offer gift cards?
{: #gift .no_toc}

From {{ page.least | default: "10" }} dollars:

{% highlight bash %}
gift --buy
{% endhighlight %}

### Do they expire?

Never, {{ site.data.days }}.
"""

WIKI = """**Table of Contents**

- [What is it?](#what-is-it)
- [Is it free?](#is-it-free)

## What is it?

See [[Getting Started]], [[the API|API-Reference]] and [[Api/Reference|the other API]]; not `[[this]]`.

[Back to top](#general)

## Is it free?

Yes.
"""

DOCUSAURUS = """---
title: FAQ
---

import Tabs from '@theme/Tabs';

### How do I install it? {#install}

<Tabs groupId="os">
  <TabItem value="mac" label="macOS" default>

Download it.

  </TabItem>
</Tabs>

{/* a note
to ourselves */}

### Which versions?

:::tip

Node 18.

:::
"""

PAIRS = """# Questions

**Q1. How do I sign up?**
A1. On the web site.

**Q2: What does it cost?**

A: Nothing.

Q3) Can I cancel?
A3) Any time.
"""

ZENDESK = """<html lang="en-us"><head><title>How do I return it? &ndash; Acme</title></head><body><main>
<nav class="sub-nav"><ol class="breadcrumbs"><li>Acme</li></ol></nav>
<article class="article"><header><h1>How do I return it?</h1><div class="article-author"><ul class="meta-group">
<li><time>8 months ago</time></li><li>Updated</li></ul></div></header>
<div class="article-body"><p>Within <strong>30 days</strong>.</p></div>
<footer><div class="article-votes">Was this article helpful? <button>Yes</button></div></footer>
<section class="article-relatives"><h2>Related articles</h2></section>
<div class="article-comments"><h2>Comments</h2><p>0 comments</p></div></article></main></body></html>"""

INTERCOM = """<html lang="en"><body><main><article><h1>Refunds</h1>
<div class="article_body"><h2 id="h_1">When will I get it?</h2><p>In 5 days.</p>
<h2>Can I get cash?</h2><p>No.</p></div></article>
<div class="reactions">Did this answer your question?<span>:)</span></div></main></body></html>"""

CONFLUENCE = """<html><body><div id="main-header"><h1 id="title-heading">Support : FAQ</h1></div><div id="content">
<div class="page-metadata">Created by Sam</div><div id="main-content">
<div class="toc-macro"><ul><li><a href="#a">How do I get VPN?</a></li></ul></div>
<h2 id="a">How do I get VPN?</h2><p>Ask IT.</p><h2>Laptops</h2>
<div class="expand-container"><div class="expand-control"><span class="expand-control-icon"><img src="x.png"/></span>
<span class="expand-control-text">Can I use my own laptop?</span></div>
<div class="expand-content"><p>No.</p></div></div>
</div><div class="pageSection"><h2>Attachments:</h2><a href="1.png">image.png</a></div></div></body></html>"""

WORDPRESS = """<html><body><div class="entry-content"><h1>FAQ</h1><div class="elementor-accordion">
<div><div class="elementor-tab-title" role="button" aria-controls="c1"><a>Do you ship abroad?</a></div>
<div id="c1"><p>Yes.</p></div></div>
<div><div class="elementor-tab-title" role="button" aria-controls="c2"><a>How long does it take?</a></div>
<div id="c2"><ul><li>EU: 3 days</li></ul></div></div></div>
<div class="schema-faq-section"><strong class="schema-faq-question">Is there a minimum?</strong>
<p class="schema-faq-answer">No.</p></div>
<div><button class="accordion-button">Is it open on Sundays?</button><div><p>From noon.</p></div></div>
<div role="button" aria-controls="share">Share</div></div></body></html>"""

LINKED_DATA = """<html lang="de"><head><script type="application/ld+json">{"@context":"https://schema.org","@graph":[
{"@type":["FAQPage"],"mainEntity":[{"@type":"Question","name":"Gibt es Rabatt?",
"acceptedAnswer":[{"@type":"Answer","text":"Ja, 10&nbsp;% &amp; mehr &lt;heute&gt;."}]}]}]}</script></head></html>"""

MINTLIFY = """---
title: "자주 묻는 질문"
---

## 서비스

<AccordionGroup>
  <Accordion title="어떤 사람을 지원하나요?">
    네 가지를 지원합니다.
  </Accordion>
  <Accordion
    title="Is there an API?"
    icon="code"
  >
    Yes, [see](/api):

    - one
    - two

    ```bash
    curl -s
    ```
    <Warning>
      It is new.
    </Warning>
  </Accordion>
    <Accordion title={"Why 'one'?"} defaultOpen>Because.</Accordion>
</AccordionGroup>

## Related articles

[More](/more)
"""

ITALIC = """---
title: FAQ
---

**Q: Can I use the code twice?**

*A: No. It's for one node.*

**Q: Does it need a GPU?**

*A: It does.*
"""

FOLDED = """# FAQ

<details><summary>Is it free?</summary>

Yes.

</details>

<details><summary>Is it new?</summary>

No.

</details>

## See also

- [More](more.md)
"""

BOLD = """# FAQ

## Logs

**Where are the logs?**

On the screen.

**Can I keep them?**

Yes.

## Troubles

**It does not start: no such file**

Give it the file.

**The video is black**

**Wait** a moment.

## Limits

There are **two** of them.

**Memory**

A lot.
"""

CASES = {
    "hugo/faq.md": (
        HUGO,
        {
            "How do I delete my account?": "Write to **support**, see [privacy](hugo/privacy.md).",
            "Can I rename my account?": "Once a year.",
            "Is there an app?": "Yes",
        },
    ),
    "notion/Support 3f2a1b4c.md": (
        NOTION,
        {
            "How do I reset my password?": "Press *Forgot password*.\n\n```\n- **Not a question?**\n```",
            "Can I have two accounts?": "No.\n\n- except companies",
            "Where is my invoice?": "Under Billing.",
        },
    ),
    "mkdocs/faq.md": (
        MKDOCS,
        {
            "How do I upgrade?": "Run it.\n\n**Warning:**\nBack up first.",
            "Where?": "On a disk.",
            "Is Windows supported?": "Yes.",
        },
    ),
    "jekyll/faq.md": (
        JEKYLL,
        {
            "Do you offer gift cards?": "From 10 dollars:\n\n```bash\ngift --buy\n```",
            "Do they expire?": "Never, {{ site.data.days }}.",
        },
    ),
    "wiki/FAQ.md": (
        WIKI,
        {"What is it?": "See Getting Started, the API and the other API; not `[[this]]`.", "Is it free?": "Yes."},
    ),
    "docusaurus/faq.mdx": (
        DOCUSAURUS,
        {"How do I install it?": "Download it.", "Which versions?": "**Tip:**\n\nNode 18."},
    ),
    "pairs.md": (
        PAIRS,
        {"How do I sign up?": "On the web site.", "What does it cost?": "Nothing.", "Can I cancel?": "Any time."},
    ),
    "zendesk.html": (ZENDESK, {"How do I return it?": "Within **30 days**."}),
    "intercom.html": (INTERCOM, {"When will I get it?": "In 5 days.", "Can I get cash?": "No."}),
    "confluence.html": (CONFLUENCE, {"How do I get VPN?": "Ask IT.", "Can I use my own laptop?": "No."}),
    "wordpress.html": (
        WORDPRESS,
        {
            "Do you ship abroad?": "Yes.",
            "How long does it take?": "- EU: 3 days",
            "Is there a minimum?": "No.",
            "Is it open on Sundays?": "From noon.\n\nShare",
        },
    ),
    "linked-data.html": (LINKED_DATA, {"Gibt es Rabatt?": "Ja, 10 % & mehr &lt;heute&gt;."}),
    "faq.mdx": (
        MINTLIFY,
        {
            "어떤 사람을 지원하나요?": "네 가지를 지원합니다.",
            "Is there an API?": "Yes, [see](/api):\n\n- one\n- two\n\n```bash\ncurl -s\n```\n\nIt is new.",
            "Why 'one'?": "Because.",
        },
    ),
    "italic.md": (ITALIC, {"Can I use the code twice?": "No. It's for one node.", "Does it need a GPU?": "It does."}),
    "bold.md": (
        BOLD,
        {
            "Where are the logs?": "On the screen.",
            "Can I keep them?": "Yes.",
            "It does not start: no such file": "Give it the file.",
            "The video is black": "**Wait** a moment.",
            "Limits": "There are **two** of them.\n\n**Memory**\n\nA lot.",
        },
    ),
    "folded.md": (FOLDED, {"Is it free?": "Yes.", "Is it new?": "No."}),
    "faq.csv": (
        '\ufeffFrage;Antwort;Kategorie\n"Wie, bitte?";"So; und so";Allgemein\n',
        {"Wie, bitte?": "So; und so"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_question_is_found_with_its_answer_and_nothing_else(name: str, read: Read) -> None:
    text, wanted = CASES[name]
    reading = read({name: text})
    assert {entry.question: entry.answer for entry in reading.entries} == wanted
    assert not reading.problems


def test_lines_stay_those_of_the_file(read: Read) -> None:
    lines = NOTION.split("\n")
    for entry in read({"notion.md": NOTION}).entries:
        assert entry.question in lines[entry.line - 1]


def test_a_category_in_another_language_is_a_tag(read: Read) -> None:
    (entry,) = read({"faq.csv": CASES["faq.csv"][0]}).entries
    assert entry.tags == ("allgemein",)


@pytest.mark.parametrize(
    ("name", "text"),
    [("intents.json", '{"intents": [{"tag": "hours", "patterns": ["When?"]}]}'), ("nlu.yml", "nlu: {intent: hours}")],
)
def test_a_file_of_which_nothing_is_understood_is_told(name: str, text: str, read: Read) -> None:
    reading = read({name: text, "faq.md": "## Is it?\n\nYes.\n\n## Why?\n\nSo."})
    assert [(problem.code, problem.path) for problem in reading.problems] == [("no-entries", name)]


README_BLOCKS = """---
title: "How do I rotate a key?"
hidden: false
---
Press rotate.
[block:callout]
{
  "type": "warning",
  "title": "Careful",
  "body": "The old key stops at once."
}
[/block]

[block:api-header]
{"title": "By hand"}
[/block]
[block:code]
{"codes": [{"code": "rotate --now", "language": "shell"}]}
[/block]
[block:parameters]
{"data": {"h-0": "Plan", "h-1": "Keys", "0-0": "Free", "0-1": "one|two", "1-1": "9"}, "cols": 2, "rows": 2}
[/block]
[block:image]
{"images": [{"image": ["https://x.example/a.png", "a.png", 1], "caption": "The page"}]}
[/block]
[block:embed]
{"url": "https://x.example/v", "title": "A film"}
[/block]
[block:callout]
{broken
[/block]
See TODO.
"""


def test_blocks_of_readme_are_written_out(read: Read) -> None:
    reading = read({"rotate.md": README_BLOCKS})
    (entry,) = reading.entries
    assert entry.question == "How do I rotate a key?"
    assert entry.answer.split("\n\n") == [
        "Press rotate.",
        "**Careful**",
        "The old key stops at once.",
        "## By hand",
        "```shell\nrotate --now\n```",
        "| Plan | Keys |\n| --- | --- |\n| Free | one\\|two |\n|  | 9 |",
        "![The page](https://x.example/a.png)",
        "[A film](https://x.example/v)",
        "[block:callout]\n{broken\n[/block]\nSee TODO.",
    ]


def test_tabs_of_gitbook_keep_their_names(read: Read) -> None:
    page = """# FAQ

## How do I start?

{% tabs %}
{% tab title="Mac" %}
Open the **dmg**.
{% endtab %}

{% tab title="Windows" %}
Run the exe.
{% endtab %}
{% endtabs %}

## Is it free?

Yes.
"""
    entries = read({"faq.md": page}).entries
    assert [entry.answer for entry in entries] == [
        "**Mac**\n\nOpen the **dmg**.\n\n**Windows**\n\nRun the exe.", "Yes.",
    ]  # fmt: skip


def test_tables_of_contents_are_no_answers(read: Read) -> None:
    page = """# FAQ

## Billing

1.1. [Is it free?](faq.md#free)
1.2. [Who pays?](#pays)

### Is it free?

[Yes](prices.md).

### Who pays?

See [this](#free).
"""
    entries = read({"faq.md": page}).entries
    assert [(entry.question, entry.answer) for entry in entries] == [
        ("Is it free?", "[Yes](prices.md)."), ("Who pays?", "See [this](faq.md#free)."),
    ]  # fmt: skip
