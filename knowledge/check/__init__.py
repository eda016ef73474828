"""`kb check`: everything wrong or doubtful in an FAQ, with file, line and what to do.

check(reading)  -->  problems, contradictions first  -->  as_text | as_json | as_sarif
"""

from knowledge.check.checking import CheckLimits, Embed, check
from knowledge.check.rendering import as_json, as_text
from knowledge.check.sarif import as_sarif

__all__ = ["CheckLimits", "Embed", "as_json", "as_sarif", "as_text", "check"]
