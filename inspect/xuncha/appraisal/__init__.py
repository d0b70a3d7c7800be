"""Appraisal of all staff (全员考核, domain 5.3): scores out of shares, appeals against them, their issue."""
