"""The filter language: a text, its tree, and what the tree means to SQL and to the service.

docs/filters.md says what can be written.  Everything here is pure, and raises nothing but
FilterMistake over a text.
"""

from __future__ import annotations

from desktop_app.core.history.filters.chips import (
    Chip,
    chips,
    label,
    replace_span,
    toggle,
    toggled,
    with_term,
    with_value,
    without_field,
)
from desktop_app.core.history.filters.compile import to_sql
from desktop_app.core.history.filters.completion import Completion, Offer, complete, quoted
from desktop_app.core.history.filters.fields import Field, all_fields, field_of, find_field
from desktop_app.core.history.filters.judge import judge, matches
from desktop_app.core.history.filters.mistakes import FilterMistake
from desktop_app.core.history.filters.parser import parse
from desktop_app.core.history.filters.service import ServiceFilter, starts_within, to_service
from desktop_app.core.history.filters.tree import (
    And,
    Condition,
    Not,
    Off,
    Operator,
    Or,
    Span,
    Term,
    Words,
    all_of,
    any_of,
    negated,
    switched_off,
)
from desktop_app.core.history.filters.writer import write

__all__ = [
    "And",
    "Chip",
    "Completion",
    "Condition",
    "Field",
    "FilterMistake",
    "Not",
    "Off",
    "Offer",
    "Operator",
    "Or",
    "ServiceFilter",
    "Span",
    "Term",
    "Words",
    "all_fields",
    "all_of",
    "any_of",
    "chips",
    "complete",
    "field_of",
    "find_field",
    "judge",
    "label",
    "matches",
    "negated",
    "parse",
    "quoted",
    "replace_span",
    "starts_within",
    "switched_off",
    "to_service",
    "to_sql",
    "toggle",
    "toggled",
    "with_term",
    "with_value",
    "without_field",
    "write",
]
