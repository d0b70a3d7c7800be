"""What an operator sees of a running site: its conditions (readiness, doctor, alarms) and its figures for a monitor."""
