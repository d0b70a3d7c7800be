"""Checklists: their published versions, items with legal basis, the phrase bank, and which list a site gets."""
