"""The catalog: one job is one job, and only good ones go on."""

from include.catalog.aggregate import Aggregated, aggregate
from include.catalog.cluster import cluster
from include.catalog.validate import Validated, parts, validate

__all__ = ["Aggregated", "Validated", "aggregate", "cluster", "parts", "validate"]
