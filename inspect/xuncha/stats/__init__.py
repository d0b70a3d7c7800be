"""Figures: every one defined once, as of any day, from rows and events; each can name the rows that it counts."""
