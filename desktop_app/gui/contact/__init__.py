"""Parts that show one contact."""
