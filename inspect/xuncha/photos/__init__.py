"""Photos: received under their SHA-256, verified, kept as sent; clean, small and stamped copies are made from them."""
