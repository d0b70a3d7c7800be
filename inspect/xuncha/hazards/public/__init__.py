"""Pages that need no account: links on notices, posters and the reports of workers, plaques."""
