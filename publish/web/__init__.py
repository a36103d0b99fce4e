"""The web book: the notebooks with their saved outputs as pages that need no server."""
