"""Keeping an installation alive: backups, restoring them, and upgrading to another release."""
