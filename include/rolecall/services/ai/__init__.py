"""The AI service: matching, and the door through which applications leave."""
