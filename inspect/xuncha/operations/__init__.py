"""Keeping an installation alive: backups, restoring them, upgrading to another release, moving to another database."""
