"""Answering: from a question to text with its sources, or to the honest admission that there is none."""

from core.answering.answer import Answer, AnswerKind, Question
from core.answering.answerer import Answerer
from core.answering.model import load_model
from core.answering.ports import Search

__all__ = ["Answer", "AnswerKind", "Answerer", "Question", "Search", "load_model"]
