"""Saved pages: ``FOLDER/<board>/*.html``, each served verbatim as the one results page of the keywords it is called after."""

from __future__ import annotations

from pathlib import Path

from sandbox.faults import BOARDS


class Pages:
    """The saved pages of a folder.

    :param folder: holds one folder per board; ``None``: there are none
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._files: dict[str, dict[str, Path]] = {}
        for board in BOARDS if folder else ():
            files = sorted((folder / board).glob("*.html")) if folder else []
            if files:
                self._files[board] = {file.stem: file for file in files}

    def names(self) -> dict[str, list[str]]:
        """Board → the keywords that find a page."""
        return {board: list(files) for board, files in self._files.items()}

    def find(self, board: str, keywords: str) -> bytes | None:
        """The page that is called like the keywords, as it was saved."""
        file = self._files.get(board, {}).get(keywords.strip())
        return file.read_bytes() if file else None
