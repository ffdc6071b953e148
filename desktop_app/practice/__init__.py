"""The practice organisation: a loopback Genesys Cloud with invented contacts."""
