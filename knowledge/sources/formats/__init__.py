"""One module per file format: `read(file, log) -> list[Draft]`.

A reader raises SourceError if the file is broken (then none of it is taken) and logs what is merely doubtful.
"""
