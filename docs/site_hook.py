"""What the site does beside Markdown (a hook of mkdocs): README is its first page, decisions are listed, and a link to a file of the
project that is no page is kept as the file's name, and reported where there is no such file."""

from __future__ import annotations

import logging
import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

log = logging.getLogger("mkdocs.plugins.rolecall")


def on_config(config: Any) -> Any:
    """Lists decisions by their numbers."""
    decisions = [f"decisions/{each.name}" for each in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    config.nav = [{"Decisions": decisions} if "Decisions" in entry else entry for entry in config.nav]
    return config


def on_files(files: Any, config: Any) -> Any:
    """README is the first page."""
    from mkdocs.structure.files import File

    files.append(File.generated(config, "index.md", content=(ROOT / "README.md").read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Links as they are in the repository become links of the site."""
    here = "README.md" if page.file.src_uri == "index.md" else f"docs/{page.file.src_uri}"
    kept: list[str] = []

    def keep(fence: re.Match[str]) -> str:
        kept.append(fence[0])
        return f"\0{len(kept) - 1}\0"

    text = LINK.sub(lambda link: linked(link, here, page.file.src_uri, files), FENCE.sub(keep, markdown))
    return re.sub("\0(\\d+)\0", lambda number: kept[int(number[1])], text)


def linked(link: re.Match[str], here: str, page: str, files: Any) -> str:
    """One link."""
    picture, words, target = link.groups()
    if re.match(r"[a-z]+:|#", target):
        return link[0]
    path, hash_, anchor = target.partition("#")
    place = posixpath.normpath(posixpath.join(posixpath.dirname(here), path))
    if place == "README.md":
        inside = "index.md"
    elif place == "docs/decisions":
        inside = "decisions/0001-connections-from-the-environment.md"
    else:
        inside = place.removeprefix("docs/") if place.startswith("docs/") else ""
    if inside and files.get_file_from_path(inside):
        return f"{picture}[{words}]({posixpath.relpath(inside, posixpath.dirname(page) or '.')}{hash_}{anchor})"
    if not (ROOT / place).exists():
        log.warning("%s: a link leads to %s, which is not there", here, target)
    return words if words.strip("`") == place else f"{words} (`{place}`)"
