"""Worlds in which the benefit of a Retry is known, since they can be lived through again."""
