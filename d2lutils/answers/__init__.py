"""Answers by search: where the book explains a word, shows a function, or meets an error."""
