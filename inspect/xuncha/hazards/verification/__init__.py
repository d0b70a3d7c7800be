"""Verification of reported rectifications: what waits, one decision at a time, on pages and offline."""
