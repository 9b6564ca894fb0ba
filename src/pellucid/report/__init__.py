"""Answers from stored events, and from what is counted of days that are over.

Law: one query model; no HTTP, no names of other products.
"""
