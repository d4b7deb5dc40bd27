"""The systems of the demo's account, a file a family."""
