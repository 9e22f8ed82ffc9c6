"""Figures by day: how far people got, what boards gave and cost, what the market asks for. Explained in docs/analytics.md."""

__all__ = ["figures", "posting_facts", "report", "report_messages"]
