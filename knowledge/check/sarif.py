"""Problems as SARIF 2.1.0, which code hosts show beside the lines of a pull request.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from knowledge.sources import Problem

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(problems: Sequence[Problem], *, prefix: str = "") -> str:
    """A SARIF log. `prefix` is the FAQ's folder as seen from the repository's root, so that paths meet its files."""
    codes = sorted({problem.code for problem in problems})
    return json.dumps(
        {
            "$schema": _SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "concierge kb check",
                            "rules": [{"id": code, "name": _pascal(code)} for code in codes],
                        }
                    },
                    "columnKind": "unicodeCodePoints",
                    "results": [_result(problem, codes.index(problem.code), prefix) for problem in problems],
                }
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def _result(problem: Problem, rule: int, prefix: str) -> dict[str, object]:
    location: dict[str, object] = {"artifactLocation": {"uri": _uri(problem.path, prefix)}}
    if problem.line:
        location["region"] = {"startLine": problem.line}
    digest = hashlib.sha256(f"{problem.code}\0{problem.path}\0{problem.message}".encode()).hexdigest()
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": str(problem.severity),
        "message": {"text": f"{problem.message} {problem.advice}"},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"problem/v1": digest[:32]},  # stays when lines above it move
    }


def _uri(path: str, prefix: str) -> str:
    if path.startswith(("http://", "https://")):
        return path
    return quote(str(PurePosixPath(prefix) / path) if prefix else path)


def _pascal(code: str) -> str:
    return "".join(part.capitalize() for part in code.split("-"))
