"""Parts of the sign-in screen."""
