"""What a hit tells beyond its words.

Law: pure steps, in memory, before the journal; nothing is written here.
"""
