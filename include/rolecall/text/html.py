"""Text at the edge: characters, white space, safe HTML, plain text. Nothing here knows a board."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any, cast

import nh3
from selectolax.lexbor import LexborNode

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.filter import SoupStrainer

DECLARED = re.compile(rb"""<meta[^>]{1,1000}charset=["']?\s*([\w-]+)|<\?xml[^>]{1,1000}encoding=["']([\w-]+)""", re.I)

SAFE_TAGS = {
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "strong",
    "b",
    "em",
    "i",
    "u",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "a",
    "hr",
    "blockquote",
    "code",
}
BLOCKS = {"p", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "section", "article", "hr", "blockquote", "pre"}


def decode(content: str | bytes) -> str:
    """Bytes as text: UTF-8 if they are valid UTF-8, else the charset the page declares, else UTF-8 with ``U+FFFD`` for what was lost.

    Undeclared text in which much would be lost is read as Windows-1252, the web's default.
    """
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    found = DECLARED.search(content[:4096])
    declared = next((name.decode("ascii", "replace").lower() for name in found.groups() if name), "") if found else ""
    if declared and declared not in ("utf-8", "utf8"):
        try:
            return content.decode(declared, "replace")
        except LookupError:
            pass
    text = content.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    return content.decode("cp1252", "replace") if not declared and lost > 3 and lost * 200 > len(text) else text


def squeeze(text: str | None) -> str:
    """White space runs become one space; ends are trimmed."""
    return " ".join(text.replace("\0", "").split()) if text else ""


def plain(text: str | None) -> str:
    """One line of text from a field that may hold entities (``R&amp;D``) or tags; never markup."""
    if not text:
        return ""
    if "<" in text or "&" in text:
        bare = unescaped(text)
        text = unescape(nh3.clean(not_too_deep(bare), tags=set())) if "<" in bare else bare
    return squeeze(text)


def safe_html(html: str | None) -> str | None:
    """HTML that can be shown: a few text tags, http(s) and mailto links, nothing that runs. ``None`` for nothing."""
    if not html or not html.strip():
        return None
    cleaned = nh3.clean(
        not_too_deep(html[:MAX_HTML]),
        tags=SAFE_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=whole_address,
        link_rel="noopener nofollow",
    )
    return cleaned.strip() or None


def whole_address(tag: str, attribute: str, value: str) -> str | None:
    """A link's address, unless it is relative (it would lead to us) or of a kind that runs."""
    return value if value.lower().startswith(("http://", "https://", "mailto:")) else None


ESCAPED = re.compile(r"&(?:amp|nbsp|quot|apos|ndash|mdash|rsquo|lsquo|ldquo|rdquo|bull|hellip|#\d{2,5}|#x[0-9a-fA-F]{2,4});")
"""Entities that a text shows, as their ampersand was escaped, too."""


def text_of_html(html: str | None) -> str:
    """Plain text of an HTML fragment, paragraphs and list items on lines of their own; ``""`` for nothing."""
    return description_of(html) or ""


def description_of(html: str | None) -> str | None:
    """What an HTML fragment describes, as :func:`text_of_html` gives it; ``None`` for nothing."""
    if not html:
        return None
    if "<" not in html:
        return tidy(unescaped(html))
    found = text_of(soup_of(html))
    return unescaped(found) if found and ESCAPED.search(found) else found


MAX_HTML = 300_000
"""Characters of HTML that are kept of an ad."""

MAX_OPEN = 5_000
"""Tags without an end in one page: a large one has 800 (``<br>``, ``<img>``, comments)."""

TAG = re.compile(r"<[^<>]{0,2000}>")


OPENS = re.compile(r"<(/?)([a-zA-Z][^\s/<>]{0,60})")
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


def not_too_deep(html: str) -> str:
    """The page; without its tags where more than :data:`MAX_OPEN` have no end, or are open at once: parsers take time with the square of
    their depth."""
    many = html.count("<")
    return TAG.sub(" ", html) if many - 2 * html.count("</") > MAX_OPEN or (many > MAX_OPEN and is_deep(html)) else html


def is_deep(html: str) -> bool:
    """Whether more than :data:`MAX_OPEN` tags are open at once; one that somebody else's end stands behind stays open."""
    depth, still = 0, dict[str, int]()
    for found in OPENS.finditer(html):
        name = found[2].lower()
        if not found[1]:
            if name not in VOID:
                still[name] = still.get(name, 0) + 1
                depth += 1
                if depth > MAX_OPEN:
                    return True
        elif still.get(name):
            still[name] -= 1
            depth -= 1
    return False


def soup_of(html: str, only: SoupStrainer | None = None) -> BeautifulSoup:
    """The page's tree. A tag that never ends is text: Python's parser would look for its end anew at each that follows."""
    from bs4 import BeautifulSoup  # only here: who reads a CV meets no page

    html = not_too_deep(html)
    end = html.rfind(">") + 1
    return BeautifulSoup(html[:end] + html[end:].replace("<", "&lt;"), "html.parser", parse_only=only)


def text_of(root: Tag, *, without: Container[int] = ()) -> str | None:
    """Plain text of a bs4 tree; scripts and styles are left out, comments too.

    :param without: ``id`` of nodes that are left out with all that is in them: to take one out of the tree costs what it has of siblings
    """
    from bs4 import Tag
    from bs4.element import NavigableString

    pieces: list[str] = []
    stack: list[Any] = [root]
    while stack:  # a loop, not recursion: hostile pages nest thousands deep
        node = stack.pop()
        if id(node) in without:
            continue
        if isinstance(node, Tag):
            if node.name in ("script", "style", "template", "noscript"):
                continue
            if node.name == "br":
                pieces.append("\n")
                continue
            edge = "\n" if node.name in BLOCKS else ""
            if edge:
                pieces.append("\n- " if node.name == "li" else edge)
                stack.append(edge)
            stack.extend(reversed(node.contents))
        elif type(node) is NavigableString:
            pieces.append(re.sub(r"\s+", " ", str(node)))  # a space at either end stays, since words may follow
        elif isinstance(node, str) and not isinstance(node, NavigableString):
            pieces.append(node)
    return tidy("".join(pieces))


def tidy(text: str) -> str | None:
    """Lines trimmed, at most one empty line in a row. ``None`` for nothing."""
    lines = "\n".join(squeeze(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<!\n)\n+-\s*(?=\S)", "\n- ", lines)).strip() or None


MOJIBAKE = re.compile("[\u00c2-\u00f4\u0102\u0103][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
"""What UTF-8 looks like that somebody read as Windows-1252 or Latin-1."""


def repaired(text: str) -> str:
    """Undoes mojibake (``doesnâ€™t``, ``fÃ¼r``), whichever of the two ways it came about; a text without any is as it was."""
    if text.isascii() or not MOJIBAKE.search(text):
        return text
    import ftfy  # only here: most processes never meet any

    return str(ftfy.fix_encoding(text))


def unescaped(text: str) -> str:
    """Without entities, also those that were escaped twice (``R&amp;amp;D``)."""
    for _ in range(3):
        if "&" not in text or (once := unescape(text)) == text:
            break
        text = once
    return text


SURROGATE = re.compile("[\ud800-\udfff]")


MAX_NESTING = 100
"""Lists and objects in each other; real documents have a dozen."""


def scrub(value: Any, depth: int = 0) -> Any:
    """A JSON-able value that Postgres can store: NULs dropped, lone surrogates replaced by ``U+FFFD``; what nests deeper than
    :data:`MAX_NESTING` is ``None``."""
    if isinstance(value, str):
        if "\0" in value:
            value = value.replace("\0", "")
        return SURROGATE.sub("\ufffd", value)
    if depth > MAX_NESTING and isinstance(value, (dict, list, tuple)):
        return None
    if isinstance(value, dict):
        return {scrub(str(key)): scrub(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [scrub(item, depth + 1) for item in value]
    return value


EMPLOYMENT = {
    "full-time": ("fulltime", "permanent", "vollzeit", "tempsplein", "jornadacompleta", "tempopieno", "tempointegral", "voltijd", "cdi"),
    "part-time": ("parttime", "teilzeit", "tempspartiel", "mediajornada", "jornadaparcial", "tempoparziale", "meioperíodo", "deeltijd"),
    "contract": ("contract", "contractor", "freelance", "freelancer", "selfemployed", "fixedterm", "perdiem", "cdd", "befristet"),
    "temporary": ("temporary", "temp", "seasonal", "intérim", "interim", "aushilfe"),
    "internship": ("internship", "intern", "praktikum", "stage", "prácticas", "tirocinio", "estágio", "apprenticeship", "trainee"),
    "volunteer": ("volunteer", "volunteering"),
}
EMPLOYMENT_BY_WORD = {word: kind for kind, words in EMPLOYMENT.items() for word in words}


@lru_cache(maxsize=1024)
def employment(text: str | None) -> str | None:
    """One of :data:`EMPLOYMENT`'s kinds; another text as it is; "other" and nothing are ``None``."""
    known = squeeze(text)
    word = re.sub(r"[^\w]|_", "", known).lower()
    if word in ("", "other", "others", "any", "notapplicable", "unknown", "none"):
        return None
    return EMPLOYMENT_BY_WORD.get(word, known)


def as_text(value: Any) -> str:
    """A string field of foreign JSON; anything else is nothing."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def as_dict(value: Any) -> dict[str, Any]:
    """An object field of foreign JSON; ``null`` or anything else is empty."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """A list field of foreign JSON; ``null`` or anything else is empty."""
    return value if isinstance(value, list) else []


def node_text(node: LexborNode | None) -> str:
    """The text of an element on one line."""
    return " ".join(node.text().split()) if node is not None else ""
