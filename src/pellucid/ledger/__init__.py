"""What was promised when.

Law: the only code that knows the book of promises.
"""
