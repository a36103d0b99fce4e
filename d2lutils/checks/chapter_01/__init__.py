"""Checks of chapter 1, introduction."""
