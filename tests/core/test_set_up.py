"""The names by which Debian's packages are asked for when Qt's libraries are missing."""

from __future__ import annotations

import pytest

from scripts._libraries import package_of


@pytest.mark.parametrize(
    ("soname", "package"),
    [
        ("libEGL.so.1", "libegl1"),
        ("libX11-xcb.so.1", "libx11-xcb1"),
        ("libX11.so.6", "libx11-6"),
        ("libasound.so.2", "libasound2"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libgcc_s.so.1", "libgcc-s1"),
        ("libgobject-2.0.so.0", "libglib2.0-0"),
        ("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
        ("libnssutil3.so", "libnss3"),
        ("libstdc++.so.6", "libstdc++6"),
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libxcb-dri3.so.0", "libxcb-dri3-0"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libz.so.1", "zlib1g"),
    ],
)
def test_library_is_asked_for_by_its_package(soname: str, package: str) -> None:
    assert package_of(soname, known=[package]) == package


@pytest.mark.parametrize(
    ("soname", "package"),
    [("libasound.so.2", "libasound2t64"), ("libglib-2.0.so.0", "libglib2.0-0t64")],
)
def test_renamed_package_is_preferred_where_it_exists(soname: str, package: str) -> None:
    assert package_of(soname, known=[package]) == package
