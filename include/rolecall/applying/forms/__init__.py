"""What an application form asks: one question model over every system. Entry point: :func:`read_form`.

A system is one file in ``systems/``, found by itself; a page of any other is read by its labels and roles (``labels_and_roles.py``).
"""

from rolecall.applying.forms.form_model import Field, Form, Kind
from rolecall.applying.forms.form_reader import read_form

__all__ = ["Field", "Form", "Kind", "read_form"]
