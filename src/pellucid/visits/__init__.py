"""Which hits belong together.

Law: pure on the visits it is given; the only code that knows when a visit ends.
"""
