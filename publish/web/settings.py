"""What Sphinx is told: nothing runs, nothing is asked of another machine."""

from pathlib import Path
from typing import Any

MATHJAX = "mathjax/tex-svg-full.js"  # one file: it holds its fonts as curves


def settings(title: str, search: Path) -> dict[str, Any]:
    """The settings of the web book, by Sphinx's names."""
    return {
        "project": title,
        "author": "",
        "copyright": "",
        "html_show_copyright": False,
        "html_show_sphinx": False,
        "html_title": title,
        "language": "en",
        "extensions": ["myst_nb", "sphinx_copybutton"],
        "html_theme": "sphinx_book_theme",
        "html_context": {"default_mode": "auto"},
        "copybutton_selector": ".cell_input pre",
        "html_theme_options": {
            "navbar_persistent": [],
            "show_navbar_depth": 1,
            "show_toc_level": 2,
            "use_download_button": True,
            "use_fullscreen_button": False,
            "use_source_button": False,
            "footer_content_items": [],
        },
        "html_static_path": ["_static"],
        "html_css_files": ["book.css"],
        "html_js_files": ["book.js"],
        "html_search_scorer": str(search),
        "html_use_index": False,
        "html_sourcelink_suffix": "",
        "mathjax_path": MATHJAX,
        "mathjax3_config": {"options": {"enableMenu": False}},
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "nb_code_prompt_show": "Show the code",
        "nb_code_prompt_hide": "Hide the code",
        "myst_enable_extensions": ["dollarmath"],
        "myst_dmath_allow_labels": False,
        # Jupyter's Markdown knows none of these: a `{name}` or a % of a text stays what it is
        "myst_disable_syntax": [
            *["myst_role", "myst_block_break", "myst_line_comment", "myst_target"],
            *["colon_fence", "linkify"],
        ],
        "myst_heading_anchors": 6,
        "myst_heading_slug_func": "publish.reading.slug",
        "suppress_warnings": [
            "myst.header",  # exercises begin at the third level
            "misc.highlighting_failure",  # an error's message is no Python; it is shown as it is
        ],
        "keep_warnings": True,
    }
