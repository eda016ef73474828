"""From FAQ files to entries.

    files, folders, pages --> formats/* --> drafts --> assembly --> SourceReading(entries, problems, files)

`read_source` reads a file or a folder; `fetch_pages` brings the addresses of a `pages.txt` into a cache first.
"""

from knowledge.sources.problems import Problem, Severity
from knowledge.sources.reader import read_source
from knowledge.sources.reading import FileReading, SourceReading

__all__ = ["FileReading", "Problem", "Severity", "SourceReading", "read_source"]
