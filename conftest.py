"""Makes pytest run the notebooks as tests (tests/notebook_plugin.py)."""

pytest_plugins = ["tests.notebook_plugin"]

# A reader's copies: `make fresh` keeps one, JupyterLab makes the others.
collect_ignore_glob = ["*/mine[0-9]*_*.ipynb", "*/*-Copy[0-9]*.ipynb", "*/Untitled*.ipynb"]
