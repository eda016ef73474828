"""Answering: from a question to text with its sources, or to the honest admission that there is none."""

from core.answering.answer import Answer, AnswerKind, Question
from core.answering.ports import Search

__all__ = ["Answer", "AnswerKind", "Question", "Search"]
