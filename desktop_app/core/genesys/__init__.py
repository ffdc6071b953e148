"""The Genesys Cloud platform API: one client, its rate budget, and typed answers."""
