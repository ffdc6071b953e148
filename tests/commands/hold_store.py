"""Has a store open, as a window would: ``python -m … FOLDER NAME``, the key on standard input.

Says "open", and lets go at the end of its input.
"""

from __future__ import annotations

import sys
from pathlib import Path

from desktop_app.core.history import vault

folder, name = sys.argv[1:]
key = sys.stdin.readline().strip()
store = vault.open_store(Path(folder), name, lambda _: key)
sys.stdout.write("open\n")
sys.stdout.flush()
sys.stdin.read()
sys.stdout.write(f"{store.holdings().contacts}\n")
store.close()
