"""Bad lines, killed servers and phones that never give up: the proofs that every filing arrives, and once."""
