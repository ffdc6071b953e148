"""The ways of reading history into the store, and what they have in common.

``by_query`` reads one slice of a UTC day page by page, ``by_job`` days together, ``still_open``
single contacts; ``core.history.sync`` decides which.
"""
