"""Signing in: profiles, the OAuth state machine, and the session that holds the token."""
