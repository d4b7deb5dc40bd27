"""What is deployed: one stack a Region, a module a concern."""
