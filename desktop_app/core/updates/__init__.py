"""Whether there is a newer version: a signed feed is read, and nothing is ever installed (T43)."""
