"""Reminders: one digest a person and day through a channel (chat, mail), and the calendar feed of one's due dates."""
