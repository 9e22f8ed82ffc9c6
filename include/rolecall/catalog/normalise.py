"""Names of companies, titles and places, read into facts: what is one thing in many spellings, and what is another thing."""

from rolecall.catalog.company_names import Company, company
from rolecall.text.job_titles import Title, title, title_words
from rolecall.text.places import Place
from rolecall.text.places import located as place

__all__ = ["Company", "Place", "Title", "company", "place", "title", "title_words"]
