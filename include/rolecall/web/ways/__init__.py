"""How applications leave, on the pages: what would be sent and what was, what is sent by hand, and how far each way may go."""
