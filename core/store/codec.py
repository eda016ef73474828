"""Domain types as JSON, and back."""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from core.conversation import Conversation, RecordLine, Turn
from core.messages import IncomingMessage
from core.posts import Post

MESSAGE: TypeAdapter[IncomingMessage] = TypeAdapter(IncomingMessage)
POST: TypeAdapter[Post] = TypeAdapter(Post)
CONVERSATION: TypeAdapter[Conversation] = TypeAdapter(Conversation)
TURN: TypeAdapter[Turn] = TypeAdapter(Turn)
RECORD: TypeAdapter[RecordLine] = TypeAdapter(RecordLine)


T = TypeVar("T")


def dump(adapter: TypeAdapter[T], value: T) -> str:
    """JSON without the fields that have their default. Half a surrogate pair, which is no text, becomes "?"."""
    try:
        return adapter.dump_json(value, exclude_defaults=True).decode()
    except PydanticSerializationError:
        plain = json.dumps(adapter.dump_python(value, mode="json", exclude_defaults=True), ensure_ascii=False)
        return plain.encode("utf-8", "replace").decode()
