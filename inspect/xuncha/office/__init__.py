"""The office itself: its settings, and the first steps of a new one."""
