"""Rules about single claims of a letter: numbers, names, standing, places, lines, titles, and what is beyond a CV."""
