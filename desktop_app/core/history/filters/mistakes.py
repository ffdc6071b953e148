"""What is wrong with a filter's text, and where."""

from __future__ import annotations

from desktop_app.core.errors import InputError


class FilterMistake(InputError):
    """A filter that can't be read; the only thing that any function of filters raises over a text.

    ``position`` is the first character that is meant, ``length`` how many (0 at the text's end).
    """

    title = "This filter can't be read"

    def __init__(self, sentence: str, position: int = 0, length: int = 0) -> None:
        super().__init__(sentence)
        self.position = position
        self.length = length


def shown(text: str) -> str:
    """A part of the person's text within a sentence: in quotes, and short."""
    return f'"{text if len(text) <= 40 else text[:39] + "…"}"'
