"""The processes of the stack: what each needs, how it is started, watched, told of when it dies, and stopped."""
