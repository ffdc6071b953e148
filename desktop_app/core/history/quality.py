"""What was thought of a contact afterwards: its evaluations and surveys, as the answer tells them.

The details answer holds them in short; questions and comments need calls of their own
(contract §4).
"""

from __future__ import annotations

import math

import msgspec

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.wire import instant_ms
from desktop_app.core.history import words
from desktop_app.core.history.parties import Names, named

_LARGEST_SCORE = 1e9  # beyond it a number is damage


class Quality(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Names each once. Scores and words are those of the latest that has one."""

    evaluated: tuple[str, ...] = ()
    evaluators: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    evaluation_forms: tuple[str, ...] = ()
    evaluation_ms: int | None = None
    evaluation_status: str = ""
    score: int | None = None
    critical_score: int | None = None
    surveys: int = 0
    survey_forms: tuple[str, ...] = ()
    survey_status: str = ""
    survey_type: str = ""
    survey_score: int | None = None
    promoter_score: int | None = None
    next_contact_avoided: bool = False


NO_QUALITY = Quality()


def read_quality(conversation: wire.Conversation, names: Names) -> Quality:
    """A deleted evaluation doesn't count."""
    if not (conversation.evaluations or conversation.surveys or conversation.resolutions):
        return NO_QUALITY
    evaluations = [each for each in conversation.evaluations or () if not each.deleted]
    evaluations.sort(key=_moment)
    surveys = sorted(conversation.surveys or (), key=_moment)
    moments = [instant_ms(each.event_time) for each in evaluations]
    return Quality(
        evaluated=named("user", [each.user_id for each in evaluations], names),
        evaluators=named("user", [each.evaluator_id for each in evaluations], names),
        assignees=named("user", [each.assignee_id for each in evaluations], names),
        evaluation_forms=_distinct([each.form_name for each in evaluations]),
        evaluation_ms=next((ms for ms in reversed(moments) if ms is not None), None),
        evaluation_status=words.spaced(_last([each.evaluation_status for each in evaluations])),
        score=_score([each.total_score for each in evaluations]),
        critical_score=_score([each.total_critical_score for each in evaluations]),
        surveys=len(surveys),
        survey_forms=_distinct([each.survey_form_name for each in surveys]),
        survey_status=words.spaced(_last([each.survey_status for each in surveys])),
        survey_type=words.spaced(_last([each.survey_type for each in surveys])),
        survey_score=_score([each.total_score for each in surveys]),
        promoter_score=_score([each.survey_promoter_score for each in surveys]),
        next_contact_avoided=any(
            each.next_contact_avoided for each in conversation.resolutions or ()
        ),
    )


def _moment(event: wire.Evaluation | wire.Survey) -> int:
    return instant_ms(event.event_time) or 0


def _last(texts: list[str | None]) -> str:
    return next((text for text in reversed(texts) if text), "")


def _distinct(texts: list[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _score(scores: list[float | None]) -> int | None:
    """The latest, in whole numbers."""
    usable = (
        round(score)
        for score in reversed(scores)
        if score is not None and math.isfinite(score) and abs(score) < _LARGEST_SCORE
    )
    return next(usable, None)
