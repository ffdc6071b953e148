"""Where the frozen program begins."""

from desktop_app.cli import main

main()
