"""The service's enum values in the supervisor's words; unknown values are shown as they are."""

from __future__ import annotations

import re
from functools import lru_cache

MEDIA = {
    "voice": "Voice",
    "email": "E-mail",
    "chat": "Chat",
    "message": "Message",
    "callback": "Callback",
    "video": "Video",
    "cobrowse": "Co-browse",
    "screenshare": "Screen share",
    "internalmessage": "Internal message",
    "screenmonitoring": "Screen monitoring",
    "unknown": "Unknown",
}
DIRECTION = {"inbound": "Inbound", "outbound": "Outbound"}
MESSAGE_TYPE = {
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "webmessaging": "Web messaging",
    "webchat": "Web chat",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "twitter": "X (Twitter)",
    "line": "LINE",
    "apple": "Apple Messages",
    "open": "Open messaging",
}
_INITIATOR = {
    "acd": "Queue",
    "api": "Program",
    "botflow": "Bot",
    "dialer": "Dialler",
    "ivr": "IVR",
    "voicesurveyflow": "Voice survey",
}
_DISCONNECT = {
    "client": "Client",
    "endpoint": "Endpoint",
    "peer": "Peer",
    "dndEndpoint": "Do not disturb",
    "dndTransfer": "Do not disturb, transferred",
    "sessionExpired": "Session expired",
}
_WRAPUP = {
    "ININ-WRAP-UP-TIMEOUT": "Timed out",
    "ININ-WRAP-UP-SKIPPED": "Skipped",
    "ININ-OUTBOUND-PREVIEW-SKIPPED": "Preview skipped",
}
# The same in every organisation, and may be missing from its own list (quirk 13).
DEFAULT_WRAPUP = {"7fb334b0-0e9e-11e4-9191-0800200c9a66": "Default wrap-up code"}
WRAPUP_TIMED_OUT = "ININ-WRAP-UP-TIMEOUT"

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ERROR_NOISE = {"error", "ininedgecontrol", "general"}


@lru_cache(maxsize=256)
def spaced(text: str) -> str:
    """ "conferenceTransfer" or "FLOW_DISCONNECT" as "Conference transfer", "Flow disconnect"."""
    words = _CAMEL.sub(" ", text).replace("_", " ").replace("-", " ").split()
    return " ".join(words).capitalize()


def media(value: str) -> str:
    return MEDIA.get(value, value)


def direction(value: str) -> str:
    return DIRECTION.get(value, value)


def message_type(value: str) -> str:
    return MESSAGE_TYPE.get(value, value)


def initiator(value: str) -> str:
    """Who began a contact: a participant's purpose (contract §2.3)."""
    return _INITIATOR.get(value) or spaced(value)


def disconnect(value: str) -> str:
    return _DISCONNECT.get(value) or spaced(value)


def wrapup(code: str) -> str | None:
    """The words of a code that no organisation names; None for all others (quirk 12)."""
    if code.startswith("ININ-"):
        return _WRAPUP.get(code) or spaced(code.removeprefix("ININ-").removeprefix("OUTBOUND-"))
    return None


def error(code: str) -> str:
    """ "error.ininedgecontrol.session.inactive" as "session inactive"."""
    parts = [part for part in code.split(".") if part and part.lower() not in _ERROR_NOISE]
    return spaced(" ".join(parts[-2:])).lower()
