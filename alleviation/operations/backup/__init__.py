"""Backups: made while people work, encrypted on their way to the disk, restored to an empty place, tried by drills."""
