"""The cases, each module with a function `measure` that runs and reports its own.

It returns whether every response was right.
"""
