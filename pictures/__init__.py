"""The pictures of the README, drawn from the demo's data: `make pictures`."""
