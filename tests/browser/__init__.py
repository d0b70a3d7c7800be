"""Tests in a real Chromium against the shipped server."""
