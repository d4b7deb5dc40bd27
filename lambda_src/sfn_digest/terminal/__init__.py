"""What only a person at a terminal has: progress, the question, kept hints on the own disk."""
