"""Checks of chapter 8, practice."""
