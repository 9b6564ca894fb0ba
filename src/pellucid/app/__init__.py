"""The map: every part is built here, and nobody else reads settings or knows two parts at once.

There are three processes: web takes hits and answers questions, ingest moves hits to the store, the engine is the
store. They meet in the data directory alone, whose places `layout.Layout` names. Each has a module here, so that it
starts with what it needs alone.

Law: wires things; no logic.
"""
