"""Everything that can be done without a window: sign-in, the Genesys API, the history."""
