"""What ``contact-history`` does, one command in a file. Only the windows import Qt."""
