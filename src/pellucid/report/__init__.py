"""Answers from stored events.

Law: one query model; no HTTP, no names of other products.
"""
