"""The text of a mail's HTML that its reader sees: what styles hide is left out, and what it quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from rolecall.text.html import soup_of, text_of

HIDDEN = re.compile(
    r"display\s?:\s?none|visibility\s?:\s?(?:hidden|collapse)|opacity\s?:\s?0?(?:\.0\d?)?\s?(?:;|!|$)|max-(?:height|width)\s?:\s?0"
    r"|color\s?:\s?(?:transparent|rgba\([\d.,\s]{5,20},\s?0(?:\.0\d?)?\s?\))|(?:left|right|top|bottom|text-indent|margin-left|margin-top)\s?:\s?-\d{3}"
    r"|clip\s?:\s?rect\(\s?0|clip-path\s?:\s?inset\((?:50|100)%|scale\(\s?0|filter\s?:\s?opacity\(0|line-height\s?:\s?0(?:px)?\s?(?:;|$)",
    re.I,
)
"""Styles of what nobody sees."""

FLAT = re.compile(r"(?<![-\w])(?:height|width)\s?:\s?0(?:px)?\s?(?:;|!|$)", re.I)
"""So it is with ``overflow: hidden``."""

FONT_SIZE = re.compile(r"font-size\s?:\s?(0?\.\d|0(?:\.\d)?(?=\D|$)|1px)?", re.I)
"""With a group: too small to be read, for what is below it and says no other size."""

COLOUR = re.compile(r"(?<![-\w])color\s?:\s?(#[0-9a-f]{3,8}|[a-z]{3,20}|rgba?\([\d.,\s%]{5,30}\))", re.I)
BEHIND = re.compile(
    r"background(?:-color)?\s?:\s?[^;]{0,60}?(#[0-9a-f]{3,8}|\bwhite\b|rgba?\([\d.,\s%]{5,30}\)|url\(|\b[a-z]{3,20}\b)", re.I
)
WHITES = frozenset(
    {"#fff", "#ffffff", "#ffff", "#ffffffff", "white", "snow", "#fefefe", "#fdfdfd", "#fffffe", "rgb(255,255,255)", "rgba(255,255,255,1)"}
)

SELECTOR = re.compile(r"(?:[a-z][a-z0-9]{0,20})?([.#][\w-]{1,80})", re.I)
QUOTES = frozenset({"gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote"})
MOST_STYLES = 100_000


def looks_like_html(text: str) -> bool:
    """Whether a part that calls itself plain is a page's source."""
    start = text[:2_000].lstrip().lower()
    return start.startswith(("<!doctype html", "<html", "<head", "<body")) or ("<html" in start and "<head" in start)


def seen_of_html(html: str, *, forwarded: bool = False) -> str:
    """The text of a page that a reader sees: what its styles hide is left out, and what it quotes, unless that was forwarded."""
    soup, unseen, tiny = soup_of(html), set[int](), list[Tag]()
    concealing = _concealing(soup)
    stack: list[Tag] = [soup]
    while stack:
        tag = stack.pop()
        style = str(tag.get("style") or "")[:1_000]
        classes = tag.get_attribute_list("class")
        quoted = not forwarded and (not QUOTES.isdisjoint(classes) or tag.get("type") == "cite")
        named = concealing and not concealing.isdisjoint([f"#{tag.get('id')}", *(f".{each}" for each in classes)])
        pale = tag.name == "font" and str(tag.get("color") or "").lower() in WHITES and _on_white(tag)
        if quoted or named or pale or tag.name in ("title", "head") or tag.has_attr("hidden") or (style and _unseen(tag, style)):
            unseen.add(id(tag))
            continue
        if style and (size := FONT_SIZE.search(style)) and size[1]:
            tiny.append(tag)
        stack.extend(one for one in tag.contents if isinstance(one, Tag))
    for tag in tiny:
        unseen.update(map(id, _tiny_texts(tag)))
    return text_of(soup, without=unseen) or ""


def _tiny_texts(root: Tag) -> Iterator[NavigableString]:
    """The texts that have the size of ``root``; layouts set it to nothing and give each cell its own."""
    stack: list[PageElement] = list(root.contents)
    while stack:
        node = stack.pop()
        if isinstance(node, Tag):
            if not FONT_SIZE.search(str(node.get("style") or "")[:1_000]) and not node.get("size"):
                stack.extend(node.contents)
        elif isinstance(node, NavigableString):
            yield node


def _unseen(tag: Tag, style: str) -> bool:
    if HIDDEN.search(style) or (FLAT.search(style) and "overflow" in style.lower()):
        return True
    colour = COLOUR.search(style)
    return bool(colour) and str(colour and colour[1]).lower().replace(" ", "") in WHITES and _on_white(tag)


def _on_white(tag: Tag) -> bool:
    """Whether nothing around a text gives it another ground than white."""
    near: Tag | None = tag
    for _ in range(12):
        if near is None:
            break
        style, ground = str(near.get("style") or "")[:1_000], str(near.get("bgcolor") or "").lower()
        if near.has_attr("background"):
            return False
        if (behind := BEHIND.search(style)) is not None:
            ground = behind[1].lower().replace(" ", "")
        if ground and ground not in ("none", "transparent", "inherit"):
            return ground in WHITES
        near = near.parent
    return True


def _concealing(soup: BeautifulSoup) -> frozenset[str]:
    """Classes and ids that the page's own style sheet hides everywhere (what it hides on small screens only is seen on others)."""
    found: set[str] = set()
    for sheet in soup.find_all("style")[:10]:
        text, depth, start, head = sheet.get_text()[:MOST_STYLES], 0, 0, ""
        for sign in re.finditer(r"[{}]", text):
            if sign[0] == "{":
                if depth == 0:
                    head = text[start : sign.start()]
                depth, start = depth + 1, sign.end()
            else:
                if depth == 1 and "@" not in head and HIDDEN.search(text[start : sign.start()][:1_000]):
                    found |= {name[1] for each in head[:2_000].split(",") if (name := SELECTOR.fullmatch(each.strip()))}
                depth, start = max(depth - 1, 0), sign.end()
    return frozenset(found)
