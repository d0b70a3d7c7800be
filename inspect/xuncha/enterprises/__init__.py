"""Enterprises and idle sites: their facts and contacts, who is responsible for each from when, which experts may look."""
