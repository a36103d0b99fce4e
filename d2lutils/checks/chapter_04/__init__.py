"""Checks of chapter 4, learning."""
