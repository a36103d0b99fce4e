"""Checkpoints that are whole or not there, and the random states that belong to them."""
