"""Lists of intents, as chatbots are built of: `intents.json`, and the files of a Rasa bot."""

from __future__ import annotations

import json

from knowledge.sources.problems import Severity
from tests.sources.conftest import Read

NLU = """version: "3.1"
nlu:
- intent: faq/parking
  examples: |
    - parking
    - is there [parking](service) at [the harbour]{"entity": "place", "value": "harbour"}?
    -
- intent: faq/hours
  examples: |
    - when are you open?
- intent: opening
  examples: |
    - do you open on Sundays?
- intent: greet
  examples: |
    - hi
- intent: inform
  examples: |
    - red
- lookup: country
  examples: |
    - Norway
"""
DOMAIN = """version: "3.1"
intents:
- faq
- greet
responses:
  utter_greet:
  - text: Hey!
  utter_faq/parking:
  - text: Only for <b>bicycles</b>.
    image: https://shop.example/map.png
  utter_faq/hours:
  - text: From {opening_time} on.
  utter_sunday:
  - text: Not on Slack.
    channel: slack
  - text: Not on Sundays.
  utter_ask_name:
  - text: What is your name?
"""
RULES = """version: "3.1"
rules:
- rule: answer questions
  steps:
  - intent: faq
  - action: utter_faq
- rule: Sundays
  steps:
  - intent: opening
  - action: utter_sunday
"""


def test_the_files_of_a_rasa_bot_are_read_together(read: Read) -> None:
    reading = read({"data/nlu.yml": NLU, "data/rules.yml": RULES, "domain.yml": DOMAIN})
    assert {entry.id: (entry.question, entry.alternates, entry.answer, entry.tags) for entry in reading.entries} == {
        "faq-parking": (
            "is there parking at the harbour?",
            ("parking",),
            "Only for **bicycles**.\n\n![](https://shop.example/map.png)",
            ("faq",),
        ),
        "opening": ("do you open on Sundays?", (), "Not on Sundays.", ()),
    }
    assert reading.counts == {"data/nlu.yml": 0, "data/rules.yml": 0, "domain.yml": 2}
    assert reading.complete


def test_where_they_stand_is_where_the_answer_is_written(read: Read) -> None:
    reading = read({"data/nlu.yml": NLU, "domain.yml": DOMAIN})
    (parking,) = reading.entries
    assert (parking.path, DOMAIN.split("\n")[parking.line - 1]) == ("domain.yml", "  - text: Only for <b>bicycles</b>.")


def test_what_only_the_bot_of_before_could_say_is_told(read: Read) -> None:
    reading = read({"data/nlu.yml": NLU, "domain.yml": DOMAIN})
    (gap,) = reading.errors
    assert (gap.path, gap.line) == ("domain.yml", 12)
    assert "{opening_time}" in gap.message
    notes = [problem.message for problem in reading.problems if problem.severity is Severity.NOTE]
    assert [note.split("”")[0] for note in notes] == ["the intent “opening", "the intent “inform"]


def test_one_file_may_hold_both_sides(read: Read) -> None:
    both = "nlu:\n- intent: faq/fee\n  examples:\n  - Is there a fee?\nresponses:\n  utter_faq/fee:\n  - text: No.\n"
    (entry,) = read({"faq.yml": both}).entries
    assert (entry.question, entry.answer) == ("Is there a fee?", "No.")


def test_a_list_of_intents(read: Read) -> None:
    intents = [
        {"tag": "greeting", "patterns": ["Hi", "Is anyone there?"], "responses": ["Hello!"], "context": [""]},
        {"tag": "hours", "patterns": ["hours", "When are you open?"], "responses": ["9 to 5.", "From nine to five."]},
        {"intent": "Fees", "text": ["Is there a fee?"], "responses": ["No."]},
        {"tag": "noanswer", "patterns": [], "responses": ["Sorry?"]},
    ]
    reading = read({"intents.json": json.dumps({"intents": intents}, indent=1)})
    assert [(entry.id, entry.question, entry.alternates, entry.answer) for entry in reading.entries] == [
        ("hours", "When are you open?", ("hours",), "9 to 5."),
        ("Fees", "Is there a fee?", (), "No."),
    ]
    assert [problem.code for problem in reading.problems] == ["small-talk", "variants", "small-talk"]
    assert not reading.errors


def test_a_row_with_a_question_of_its_own_is_no_intent(read: Read) -> None:
    row = {"question": "Is there a fee?", "examples": ["any costs?"], "response": "No."}
    (entry,) = read({"faq.json": json.dumps([row])}).entries
    assert (entry.question, entry.alternates, entry.answer) == ("Is there a fee?", ("any costs?",), "No.")


QNA = """> !# @app.name = shop
> # QnA pairs

> !# @qna.pair.id = 1
# ? Is there a **fee**?
- what does it cost
- costs?

**Filters:**
- topic = prices
- kind = plan

```markdown
None.

- not for *one*
# ? no question
```

**Prompts:**
- [More](#?more) `context-only`

### ? When are you open?
\t```
\tFrom nine
\t  to five.
\t```
## ?  Where?
- where is it
"""


def test_qna_files_of_the_bot_framework(read: Read) -> None:
    reading = read({"shop.qna": QNA})
    assert [
        (entry.question, entry.alternates, entry.answer, entry.tags, entry.line) for entry in reading.entries
    ] == [
        ("Is there a fee?", ("what does it cost", "costs?"), "None.\n\n- not for *one*\n# ? no question",
         ("prices", "plan"), 5),
        ("When are you open?", (), "From nine\n  to five.", (), 23),
    ]  # fmt: skip
    (error,) = reading.errors
    assert (error.line, "“Where?” has no answer" in error.message) == (28, True)
