"""The book as one PDF: contents with page numbers, bookmarks, links that lead within the book."""
