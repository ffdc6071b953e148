"""Masking for SQL: what an export writes where customers' numbers have to be hidden (T45)."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from typing import Any

import duckdb

from desktop_app.core.history.columns import ATTRIBUTE
from desktop_app.core.history.masking import mask_cell, mask_json, mask_text


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``mask_text(text, key)``, ``mask_list(texts, key)``, ``mask_map(attributes)`` and
    ``mask_raw(json)`` known."""
    _spare_the_search_for_pandas()
    text = duckdb.sqltype("VARCHAR")
    texts = duckdb.list_type(text)
    with contextlib.suppress(duckdb.CatalogException):  # known already: they are the database's
        connection.create_function("mask_text", _text, [text, text], text)
        connection.create_function("mask_list", _list, [texts, text], texts)
        connection.create_function("mask_raw", _raw, [text], text)
        texts_by_key = duckdb.map_type(text, text)
        connection.create_function("mask_map", _map, [texts_by_key], texts_by_key)


def _text(cell: str, key: str) -> str:
    return mask_cell(key, cell)


def _list(cells: list[str], key: str) -> list[str]:
    return [mask_cell(key, cell) for cell in cells]


def _map(attributes: dict[str, str]) -> dict[str, str]:
    """Of participants' attributes, whose keys may be numbers too."""
    return {
        mask_text(key): mask_cell(f"{ATTRIBUTE}{key}", text) for key, text in attributes.items()
    }


def _raw(conversation: str) -> str:
    return mask_json(conversation.encode()).decode()


def _spare_the_search_for_pandas() -> None:
    """DuckDB 1.5 tries to import pandas for each value that comes from Python, and where there is
    none looks for it each time: that takes many times as long as masking."""
    modules: dict[str, Any] = sys.modules
    if "pandas" not in modules and importlib.util.find_spec("pandas") is None:
        modules["pandas"] = None  # which Python takes for "there is none"
