"""Work outside requests: one queue in the database, worked off by a thread of the server or by `flask jobs work`."""
