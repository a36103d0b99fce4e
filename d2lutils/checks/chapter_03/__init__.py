"""Checks of chapter 3, data."""
