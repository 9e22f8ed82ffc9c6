"""What a form system says of itself: one file in ``systems/`` each."""

from __future__ import annotations

from typing import Any, ClassVar

from rolecall.applying.forms.form_model import Form
from rolecall.applying.forms.form_page import FormPage


class FormSystem:
    """One system.

    :cvar name: what forms of it are marked with; a board of the same system has the same name
    :cvar hosts: host names of its forms; tenants' subdomains count
    :cvar marks: strings of which each stands in every page it makes, whatever the address
    """

    name: ClassVar[str]
    hosts: ClassVar[tuple[str, ...]] = ()
    marks: ClassVar[tuple[str, ...]] = ()

    def is_at(self, host: str) -> bool:
        """Whether a host is one of this system's, a tenant's subdomain among them."""
        return bool(host) and any(host == one or host.endswith(f".{one}") for one in self.hosts)

    def has_marks(self, page: FormPage) -> bool:
        """Whether the page is one of this system's."""
        return bool(self.marks) and all(mark in page.html for mark in self.marks)

    def read_page(self, page: FormPage) -> Form | None:
        """The page's form; ``None``: read it by labels and roles."""
        return None

    def read_json(self, data: Any) -> Form | None:
        """The form of an answer of its interface; ``None``: it is none of this system's."""
        return None
