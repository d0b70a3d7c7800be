"""Trainings and drills: held when and where, for whom, with what handed out and what result."""
