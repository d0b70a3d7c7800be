"""What happens by time: escalation, progress reports, look-backs, repeat hazards, news."""
