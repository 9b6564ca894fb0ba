"""What people set up: sites, accounts, tokens, goals.

Law: the only code that knows its database, and that of the salts.
"""
