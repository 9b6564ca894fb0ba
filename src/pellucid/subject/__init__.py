"""What is held about one person.

Law: finds, exports and erases; no HTTP.
"""
