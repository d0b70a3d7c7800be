"""Summaries and circulars: their facts, their wording, and the editions that are issued."""
