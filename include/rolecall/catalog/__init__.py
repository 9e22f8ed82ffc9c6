"""The catalog: entity resolution, so that one job is one job, and only good ones go on."""

from rolecall.catalog.aggregate import Aggregated, aggregate
from rolecall.catalog.cluster import cluster
from rolecall.catalog.validation.validate import Validated, id_ranges, validate

__all__ = ["Aggregated", "Validated", "aggregate", "cluster", "company_names", "id_ranges", "locks", "normalise", "validate"]
