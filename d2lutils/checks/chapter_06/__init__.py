"""Checks of chapter 6, the builder's guide."""
