"""The page: where a person finds, decides and follows, and an engineer sees the flow. Routes are thin over the other rooms."""

__all__ = ["page_app", "viewer"]
