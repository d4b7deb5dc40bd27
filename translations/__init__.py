"""Keeps the catalogs of translations: what is said in the source, and what it is in a language."""
