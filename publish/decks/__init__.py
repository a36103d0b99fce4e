"""The decks: each notebook as one file of slides that needs no network and no kernel."""
