"""What a helper in a forum asks for first, found out and said so that it can be pasted there.

Each check is a module of its own with a function `findings`, and runs in a process of its own.
"""
