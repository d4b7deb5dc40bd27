"""Worlds of simulated executions whose every failure is known by construction."""
