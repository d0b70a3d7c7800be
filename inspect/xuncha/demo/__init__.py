"""Demo zone: an invented zone with a year of work, made by the product's own actions, for trying and for pictures."""
