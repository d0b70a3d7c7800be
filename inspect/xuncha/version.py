"""The version of this release, as CHANGELOG.md names it."""

VERSION = "0.1.0"
