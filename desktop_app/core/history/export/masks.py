"""Masking for SQL: what an export writes where customers' numbers have to be hidden (T45)."""

from __future__ import annotations

import contextlib

import duckdb

from desktop_app.core.history.masking import mask_cell, mask_json


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``mask_text(text, key)``, ``mask_list(texts, key)`` and ``mask_raw(json)`` known."""
    text = duckdb.sqltype("VARCHAR")
    texts = duckdb.list_type(text)
    with contextlib.suppress(duckdb.CatalogException):  # known already: they are the database's
        connection.create_function("mask_text", _text, [text, text], text)
        connection.create_function("mask_list", _list, [texts, text], texts)
        connection.create_function("mask_raw", _raw, [text], text)


def _text(cell: str, key: str) -> str:
    return mask_cell(key, cell)


def _list(cells: list[str], key: str) -> list[str]:
    return [mask_cell(key, cell) for cell in cells]


def _raw(conversation: str) -> str:
    return mask_json(conversation.encode()).decode()
