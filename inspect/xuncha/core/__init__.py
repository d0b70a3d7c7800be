"""What all domains share: database, access, clock, errors, labels, web. Imports no domain."""
