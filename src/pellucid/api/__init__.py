"""The native JSON interface.

Law: translates, and computes nothing.
"""
