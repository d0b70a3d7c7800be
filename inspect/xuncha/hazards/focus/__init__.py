"""Focus lists: enterprises that the office watches apart."""
