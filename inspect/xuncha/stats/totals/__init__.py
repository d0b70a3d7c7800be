"""The derived model: how each hazard stood in which days, and how much each figure changed on which day."""
