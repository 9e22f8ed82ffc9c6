"""Docs and README are a site without a warning: each link, each heading that a link names, and each page in its list."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from local.base.paths import ROOT

KEPT = ("glossary", "architecture", "claims", "performance", "drills")
"""Pages whose addresses others rely on."""


def built(site: Path, docs: Path = ROOT / "docs") -> Path:
    """Builds the site, every warning an error."""
    build(load_config(str(ROOT / "mkdocs.yml"), docs_dir=str(docs), site_dir=str(site), strict=True))
    return site


def test_the_site_is_built_without_a_warning_and_readme_is_its_first_page(tmp_path: Path) -> None:
    site = built(tmp_path / "site")
    assert [name for name in KEPT if not (site / f"{name}.html").is_file()] == []
    first = (site / "index.html").read_text(encoding="utf-8")
    assert ">Two commands" in first
    assert (site / "pictures" / "approve.png").is_file()
    assert 'href="claims.html"' in first
    fetched = [name for name in site.rglob("*.html") if 'src="http' in name.read_text(encoding="utf-8")]
    assert fetched == [], "nothing comes from elsewhere"


@pytest.mark.parametrize("link", ["[x](nothing.md)", "[x](glossary.md#nothing)", "[x](../include/nothing.py)"])
def test_a_link_that_leads_nowhere_is_found(link: str, tmp_path: Path) -> None:
    docs = shutil.copytree(ROOT / "docs", tmp_path / "docs")
    (docs / "sync.md").write_text(f"# Syncing\n\n{link}\n", encoding="utf-8")
    with pytest.raises(Abort, match="strict mode"):
        built(tmp_path / "site", docs)
