"""Tests of the report and its faces."""
