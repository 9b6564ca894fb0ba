"""Events and visits in ClickHouse.

Law: the only code that speaks SQL to it about tables; one schema, one client.
"""
