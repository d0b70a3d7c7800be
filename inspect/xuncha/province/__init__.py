"""A province and its zones: figures side by side, its readers, checklists from above, signed files between installations."""
