"""Legal workdays, the two duty windows of a month (1-15, 16-end), the tasks due in them, excuses."""
