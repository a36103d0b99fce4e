"""Checks of chapter 7, performance."""
