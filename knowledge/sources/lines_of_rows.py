"""On which line of its file a row of nested data (JSON, TOML) starts."""

from __future__ import annotations

import json


class RowLines:
    """Finds the line of each object by looking for its first string, onward from the last one found."""

    def __init__(self, text: str, *, quoted: bool = True) -> None:
        """`quoted`: strings stand in the text as JSON writes them."""
        self._text, self._position, self._line, self._misses = text, 0, 1, 0
        self._quoted = quoted

    def of(self, value: object) -> int:
        """Line of an object, 0 when unknown. Gives up on a file that escapes in its own way: a miss is a full scan."""
        if self._misses > 20:
            return 0
        first = (
            next((item for item in value.values() if isinstance(item, str) and item), "")
            if isinstance(value, dict)
            else ""
        )
        written = (json.dumps(first, ensure_ascii=False), json.dumps(first))
        for form in written if self._quoted else (written[0], first.strip().partition("\n")[0]):
            found = self._text.find(form, self._position) if first else -1
            if found >= 0:
                self._line += self._text.count("\n", self._position, found)
                self._position = found
                return self._line
        self._misses += 1
        return 0
