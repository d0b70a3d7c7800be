"""The search over the whole zone."""
