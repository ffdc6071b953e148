"""Values that must not be seen: they mask themselves wherever text is made of them."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A text in memory only. ``reveal`` is the one way to it; ``clear`` drops our one copy.

    Python can't wipe memory; what can be done is to keep a single reference and let it go.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text: str | None = text

    def reveal(self) -> str | None:
        """The text, or None after ``clear``."""
        return self._text

    def clear(self) -> None:
        self._text = None

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret can't be pickled or copied")
