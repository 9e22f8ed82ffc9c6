"""Names of companies, titles and places, read into facts: what is one thing in many spellings, and what is another thing."""

from include.catalog.company_names import Company, company
from include.catalog.job_titles import Title, title, title_words
from include.catalog.place_names import Place, place

__all__ = ["Company", "Place", "Title", "company", "place", "title", "title_words"]
