"""Contact History: a desktop application for contact-centre supervisors on Genesys Cloud."""

__version__ = "0.1.0"
