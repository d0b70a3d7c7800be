"""Many zones in one installation: each is the ordinary application with a database of its own, chosen by the host name."""
