"""What the matcher is fitted with: the table of words and names, the weights."""
