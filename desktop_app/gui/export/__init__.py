"""Writing contacts into a file: what is asked, and how it goes on."""
