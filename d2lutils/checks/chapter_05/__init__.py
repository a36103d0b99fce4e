"""Checks of chapter 5, networks."""
