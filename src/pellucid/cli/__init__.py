"""Commands.

Law: starts things and prints things.
"""
