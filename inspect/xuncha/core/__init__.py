"""What every domain stands on and no domain is: database, access, clock, errors, words, web. Imports no domain."""
