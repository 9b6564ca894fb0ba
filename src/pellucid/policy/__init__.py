"""What is promised to visitors, as data and pure decisions.

Law: no I/O, no clock, no randomness: they are arguments.
"""
