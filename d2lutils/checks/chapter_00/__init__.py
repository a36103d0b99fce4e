"""Checks of the first page."""
