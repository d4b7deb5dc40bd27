"""What only a person at a terminal has: progress, the question, kept hints on the own disk."""

NO_MEMORY = "--no-memory"
"""The word that turns the kept hints off."""
