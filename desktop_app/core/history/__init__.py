"""Contact history: what a conversation means, how it is stored, searched and kept complete."""
