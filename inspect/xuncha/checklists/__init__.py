"""Checklists: their published versions, items with legal basis, the phrase bank, and which a site gets."""
