"""What stops a backup, in words for whoever keeps the server."""


class BackupFault(Exception):
    """It could not be done: what it was about, and what helps."""
