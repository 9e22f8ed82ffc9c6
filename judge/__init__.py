"""How well Rolecall reads, measured on real texts (docs/judge.md). A module here is a subject; ``make judge`` finds them by themselves.

A module has ``rows(shared, *, short)``: measures over the sets in the folder ``shared``, each beside a baseline measured in the same run.
A set that is not there is named by a :class:`~judge.measure.Skipped` row. None of the texts may be copied into this project.
"""
