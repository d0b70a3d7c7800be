"""What an operator does with a whole installation: carry it to another database, and prove that it arrived."""
