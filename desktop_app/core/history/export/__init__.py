"""Contacts into files: what is asked for, how cells are written, and the files themselves."""
