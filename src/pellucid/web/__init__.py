"""The dashboard.

Law: translates, and computes nothing.
"""
