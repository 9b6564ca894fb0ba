"""Hits on disk before they are answered.

Law: the only code that knows journal files; what was appended is read in order.
"""
