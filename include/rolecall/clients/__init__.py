"""HTTP clients of the services behind the seed's contracts. Plain Python; hooks in plugins/ hand them out."""

__all__ = ["ai_client", "http", "platform_client", "session"]
