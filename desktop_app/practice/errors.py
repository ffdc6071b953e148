"""The error answers of the API: status, code and body (contract §6, quirks 28 to 31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_CODES = {
    400: "bad.request",
    401: "bad.credentials",
    403: "not.authorized",
    404: "not.found",
    405: "method.not.allowed",
    408: "client.timeout",
    413: "request.entity.too.large",
    415: "unsupported.media.type",
    429: "too.many.requests.retry.after",
    500: "internal.server.error",
    502: "bad.gateway",
    503: "service.unavailable",
    504: "request.timeout",
}

_MESSAGES = {
    404: "HTTP 404 Not Found",
    405: "HTTP 405 Method Not Allowed",
    413: "The request entity is too large.",
    415: "HTTP 415 Unsupported Media Type",
    500: "The server encountered an unexpected condition which prevented it from fulfilling "
    "the request.",
    502: "Bad gateway",
    503: "Service Unavailable - The server is currently unavailable "
    "(because it is overloaded or down for maintenance).",
    504: "The request timed out.",
}


class ApiError(Exception):
    """A refusal that becomes an ``ErrorBody`` answer."""

    def __init__(
        self,
        status: int,
        message: str = "",
        *,
        code: str = "",
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.code = code or _CODES.get(status, "internal.server.error")
        self.message = message or _MESSAGES.get(status, self.code)
        self.params = dict(params or {})
        self.headers = dict(headers or {})
        super().__init__(f"{status} {self.code}: {self.message}")

    def body(self, context_id: str) -> dict[str, object]:
        """The ``ErrorBody`` for this refusal; ``context_id`` equals ``ININ-Correlation-Id``."""
        body: dict[str, object] = {
            "message": self.message,
            "code": self.code,
            "status": self.status,
            "contextId": context_id,
            "details": [],
            "errors": [],
        }
        if self.params:
            body["messageWithParams"] = self.message
            body["messageParams"] = self.params
        return body


def bad_request(message: str, *, code: str = "bad.request") -> ApiError:
    return ApiError(400, message, code=code)


def not_found(message: str = "") -> ApiError:
    return ApiError(404, message)


def missing_any(permissions: Iterable[str]) -> ApiError:
    """None of several sufficient permissions is assigned (samples 14 and 15)."""
    return ApiError(
        403,
        "Unable to perform the requested action. You must have at least one of the following "
        f"permissions assigned: [{', '.join(permissions)}]",
        code="missing.any.permissions",
    )


def missing_all(permissions: Iterable[str]) -> ApiError:
    """At least one of several necessary permissions is not assigned (sample 16, quirk 30)."""
    return ApiError(
        403,
        "Unable to perform the requested action. You are missing the following permission(s): "
        f"[{', '.join(permissions)}]",
        code="missing.permissions",
    )


def too_many_requests(retry_after_s: int | None, *, seconds_in_message: int | None) -> ApiError:
    """A 429; the wait may stand in the header, in the message, in both or nowhere (quirk 31)."""
    message = "Rate limit exceeded the maximum."
    if seconds_in_message is not None:
        message += f" Retry the request in [{seconds_in_message}] seconds"
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return ApiError(429, message, headers=headers)
