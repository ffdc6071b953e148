"""What Contact History is measured by: one file per question, ours beside a peer in one run."""
