"""Coming in where the page has logins of its own: links, also by mail, passwords, codes of an app."""

__all__ = ["login_mail", "login_pages", "second_factor_pages"]
