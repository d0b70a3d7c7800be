"""How papers look: the parts of a paper, laid out as PDF and written as a Word document."""
