"""What a good job looks like, and what becomes of one that is not: rules as data, and the signs of fraud among them."""
