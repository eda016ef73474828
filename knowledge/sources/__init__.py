"""From FAQ files to entries.

    files, folders, pages --> formats/* --> drafts --> assembly --> SourceReading(entries, problems, files)

`read_source` reads a file or a folder. `load_source`, for async callers, fetches the pages of a `pages.txt` first.
"""

from knowledge.sources.loading import load_source
from knowledge.sources.problems import Problem, Severity
from knowledge.sources.reader import read_source
from knowledge.sources.reading import FileReading, SourceReading

__all__ = ["FileReading", "Problem", "Severity", "SourceReading", "load_source", "read_source"]
