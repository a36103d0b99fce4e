"""How the notebooks become a web book, decks, a PDF, a class's notebooks, and answers by search."""
