"""Side-by-side measurements: `make bench` runs them all and prints the README's tables."""
