"""The edge for visitors.

Law: no cookie that the declaration does not list.
"""
