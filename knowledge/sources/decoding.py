"""Bytes to text: byte order marks, encodings, line ends."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from knowledge.errors import SourceError
from knowledge.sources.problems import ProblemLog

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark starts with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# What office programs and old editors write. A closed list: short texts fit dozens of exotic code pages.
_CANDIDATES = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256",
    "shift_jis", "gb18030", "big5", "euc_kr", "koi8_r", "mac_roman",
]  # fmt: skip
_SAMPLE = 64 * 1024


def decode(data: bytes, log: ProblemLog, charset: str = "") -> str:
    """Text with `\\n` line ends. An unknown encoding is guessed, which is logged; binary data raises SourceError.

    `charset` is what the server said; it counts where it fits.
    """
    if charset:
        try:
            return _tidy(data.decode(charset))
        except (LookupError, UnicodeDecodeError):
            pass
    return _tidy(_decode(data, log))


def _decode(data: bytes, log: ProblemLog) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise SourceError(
                    log.path,
                    f"starts like {encoding.upper()} but is not (byte {error.start}); save it again as UTF-8",
                ) from error
    if b"\0" in data[:_SAMPLE]:
        return _without_mark(data, log)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        best = from_bytes(data[:_SAMPLE], cp_isolation=_CANDIDATES).best()
        encoding = best.encoding if best is not None else "cp1252"
        if _is_western(data) and encoding in ("cp1250", "cp1254", "mac_roman"):
            encoding = "cp1252"  # they share the letters of Western Europe, where nearly all such files come from
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            raise SourceError(log.path, "is in no encoding that could be told; save it as UTF-8", line) from error
        log.warning(
            "encoding",
            f"is not UTF-8; it was read as {encoding}, a guess.",
            "Save the file as UTF-8, so that no letter depends on a guess.",
            line,
        )
        return text


def _without_mark(data: bytes, log: ProblemLog) -> str:
    """Text with zero bytes: UTF-16 without a mark if every other byte is zero, else not text at all."""
    sample = data[:_SAMPLE]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if zeros.count(0) > 0.7 * max(1, len(zeros)):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                break
    raise SourceError(log.path, "holds binary data, not text; remove it or give it the extension of its format")


def _is_western(data: bytes) -> bool:
    """Whether all bytes above ASCII are letters, quotes and dashes that Western European text uses in Windows-1252."""
    common = set(
        "àâäáãåæçèéêëìíîïñòóôõöøœßùúûüýÿÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝ€£¿¡«»°§©®·…–—‘’“”‚„•\u00a0".encode("cp1252")
    )
    return all(byte < 0x80 or byte in common for byte in set(data))


def _tidy(text: str) -> str:
    """One kind of line end, no control characters except tab and newline."""
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\x0b", "\n")
        .replace("\x0c", "\n")
    )
    return _CONTROL.sub("", text).removeprefix("\ufeff")


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")
