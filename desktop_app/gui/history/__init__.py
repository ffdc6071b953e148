"""Parts of the history screen."""
