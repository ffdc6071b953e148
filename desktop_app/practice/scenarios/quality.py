"""What was thought of a contact afterwards: evaluations, surveys, resolutions."""

from __future__ import annotations

from typing import Final

from ..legs import Session, Story, Wire

_HOUR_MS: Final = 3_600_000
_STATUSES: Final = ("Finished",) * 5 + ("Pending", "InProgress", "InReview", "Retracted")


def judge(story: Story, agent: Session, end: int) -> None:
    """Evaluate a few contacts, ask a few customers, and note what quirk 16 knows."""
    roll = story.dice.random()
    if roll < 0.035:
        story.facts["evaluations"] = [_evaluation(story, agent, end)]
    elif roll < 0.075:
        story.facts["surveys"] = [_survey(story, agent, end)]
    elif roll < 0.085:
        story.facts["resolutions"] = [{"eventTime": end}]
    elif roll < 0.11:
        about = _about(story, agent)
        story.facts["resolutions"] = [{"eventTime": end, **about, "nNextContactAvoided": 1}]
    elif roll < 0.15:
        story.facts["externalTag"] = f"ACME-{story.dice.between(10_000, 99_999)}"


def _about(story: Story, agent: Session) -> Wire:
    """Whom and which queue the verdict concerns."""
    users = [p["userId"] for p in story.participants if agent in story.sessions_of(p)]
    about: Wire = {"userId": users[0]}
    if agent.queue is not None:
        about["queueId"] = agent.queue.id
    return about


def _evaluation(story: Story, agent: Session, end: int) -> Wire:
    dice = story.dice
    form, context, name = dice.pick(story.roster.forms)
    status = dice.pick(_STATUSES)
    evaluation: Wire = {
        "evaluationId": dice.uuid(),
        "evaluationStatus": status,
        "evaluatorId": story.roster.supervisor,
        "formId": form,
        "formName": name,
        "contextId": context,
        "eventTime": end + dice.between(_HOUR_MS, 72 * _HOUR_MS),
        "released": status == "Finished",
        "rescored": False,
        "deleted": False,
        **_about(story, agent),
    }
    if status == "Finished":
        evaluation["oTotalScore"] = dice.between(45, 101)
        evaluation["oTotalCriticalScore"] = dice.between(50, 101)
    return evaluation


def _survey(story: Story, agent: Session, end: int) -> Wire:
    dice = story.dice
    form, context, name = story.roster.survey_form
    finished = dice.chance(0.6)
    survey: Wire = {
        "surveyId": dice.uuid(),
        "surveyFormId": form,
        "surveyFormContextId": context,
        "surveyFormName": name,
        "surveyStatus": "Finished" if finished else dice.pick(("Sent", "Expired", "OptOut")),
        "surveyType": "Web",
        "eventTime": end + dice.between(60_000, 30 * _HOUR_MS),
        **_about(story, agent),
    }
    if finished:
        survey["surveyPromoterScore"] = dice.between(0, 11)
        survey["oSurveyTotalScore"] = dice.between(20, 101)
    return survey
