"""Buttons on a task's page that lead elsewhere, one class per file. A link is made when the task ends, in its process."""
