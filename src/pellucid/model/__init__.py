"""Nouns.

Law: data only; nothing here decides, reads or writes, and it imports msgspec and the standard library alone.
"""
