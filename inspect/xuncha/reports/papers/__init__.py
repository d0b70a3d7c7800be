"""The papers, one module each: from frozen facts or rows to the parts of a paper."""
