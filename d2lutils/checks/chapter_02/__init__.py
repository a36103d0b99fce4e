"""Checks of chapter 2, tensors."""
