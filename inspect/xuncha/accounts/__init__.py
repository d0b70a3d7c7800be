"""People: users with their role and team, sign-in and sign-out, passwords."""
