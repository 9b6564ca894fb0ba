"""The edge where hits come in.

Law: nothing durable before the gate; no store, no journal but the append it is given.
"""
