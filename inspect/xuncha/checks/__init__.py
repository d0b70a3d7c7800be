"""Checks: one visit carried out, filed once as a whole: answers, findings, photos, signatures. Filed means fixed."""
