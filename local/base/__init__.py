"""What every other part of the stack stands on: its folder, its ports, its secrets, its logs, and what people see of it."""
