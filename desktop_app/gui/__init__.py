"""The parts that the screens are made of."""

from desktop_app.gui.none_guard import keep_none

keep_none()  # before the first call into Qt
