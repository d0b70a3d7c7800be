"""Hazards: from found until closed. One life cycle, extensions, notices, re-inspection opinions."""
