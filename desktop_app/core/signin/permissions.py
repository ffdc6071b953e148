"""What the signed-in person may see, and in which words to tell what they may not. Pure.

Genesys names permissions ``domain:entity:action``; a granted one may have ``*`` for any part.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Feature(StrEnum):
    """What depends on a permission, in the order in which it matters to a supervisor."""

    HISTORY = "history"
    QUEUES = "queues"
    RECORDINGS = "recordings"
    TRANSCRIPTS = "transcripts"
    EVALUATIONS = "evaluations"


@dataclass(frozen=True, slots=True)
class _Needs:
    """``all_of`` groups: of each group, one permission is enough."""

    without: str  # what can't be done
    all_of: tuple[tuple[str, ...], ...]


_RECORDINGS = (
    "recording:recording:view",
    "recording:recordingSegment:view",
    "recording:snippetRecording:view",
    "recording:screenRecording:view",
)

# Contract §2.1 (details query), §3 (queues), §4 (recordings, transcripts, evaluations).
_FEATURES = {
    Feature.HISTORY: _Needs(
        "Contact history can't be read",
        (("analytics:conversationDetail:view", "analytics:agentConversationDetail:view"),),
    ),
    Feature.QUEUES: _Needs(
        "Queues are shown as ids", (("routing:queue:view", "routing:queue:search"),)
    ),
    Feature.RECORDINGS: _Needs("Recordings can't be heard", (_RECORDINGS,)),
    Feature.TRANSCRIPTS: _Needs(
        "Transcripts can't be read",
        (("recording:recording:view",), ("speechAndTextAnalytics:data:view",)),
    ),
    Feature.EVALUATIONS: _Needs("Evaluations can't be seen", (("quality:evaluation:view",),)),
}


@dataclass(frozen=True, slots=True)
class Lack:
    """A feature that the person's role doesn't allow, and the sentence that says so."""

    feature: Feature
    sentence: str


@dataclass(frozen=True, slots=True)
class Rights:
    """The permissions of a person; None where the service didn't say: then all may be tried."""

    permissions: frozenset[str] | None = None

    def may(self, feature: Feature) -> bool:
        return not self._missing(feature)

    def lack(self, feature: Feature) -> str:
        """Why a feature is missing, with the permissions that bring it; empty where it isn't."""
        missing = self._missing(feature)
        if not missing:
            return ""
        named = " and ".join(_either(group) for group in missing)
        return f"{_FEATURES[feature].without}: your account lacks {named}."

    @property
    def lacks(self) -> tuple[Lack, ...]:
        return tuple(
            Lack(feature, self.lack(feature)) for feature in Feature if not self.may(feature)
        )

    @property
    def summary(self) -> str:
        """All that is missing as one paragraph with the mend; empty when nothing is."""
        if not self.lacks:
            return ""
        return " ".join(
            [*(lack.sentence for lack in self.lacks), "Ask a Genesys admin to add what you need."]
        )

    def _missing(self, feature: Feature) -> tuple[tuple[str, ...], ...]:
        if self.permissions is None:
            return ()
        return tuple(
            group
            for group in _FEATURES[feature].all_of
            if not any(self._holds(permission) for permission in group)
        )

    def _holds(self, wanted: str) -> bool:
        assert self.permissions is not None
        return wanted in self.permissions or any(
            _covers(granted, wanted) for granted in self.permissions if "*" in granted
        )


def _covers(granted: str, wanted: str) -> bool:
    parts = granted.split(":")
    return len(parts) == 3 and all(
        part in ("*", each) for part, each in zip(parts, wanted.split(":"), strict=True)
    )


def _either(group: tuple[str, ...]) -> str:
    return " or ".join(group[:2])  # naming two ways is enough for an admin
