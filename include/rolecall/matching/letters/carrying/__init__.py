"""Whether one part of a CV carries all that a sentence says, and which sentences say nothing that it would have to carry."""
