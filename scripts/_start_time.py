"""Prints how many seconds a program takes until it shows something on this X display.

    DISPLAY=:7 python -m scripts._start_time contact-history

Looks at the screen itself, so that nothing in the program has to tell.  The display must be empty.
"""

from __future__ import annotations

import subprocess
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

LOOK_EVERY_MS = 10
WITHIN_S = 60.0


def main() -> int:
    application = QGuiApplication(sys.argv[:1])
    screen = application.primaryScreen()
    empty = screen.grabWindow(0).toImage()
    began = time.perf_counter()
    program = subprocess.Popen(sys.argv[1:])
    seconds = 0.0

    def look() -> None:
        nonlocal seconds
        seconds = time.perf_counter() - began
        if seconds > WITHIN_S or screen.grabWindow(0).toImage() != empty:
            application.quit()

    timer = QTimer(interval=LOOK_EVERY_MS)
    timer.timeout.connect(look)
    timer.start()
    application.exec()
    program.terminate()
    program.wait()
    if seconds > WITHIN_S:
        print("It showed nothing.", file=sys.stderr)
        return 1
    print(f"{seconds:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
