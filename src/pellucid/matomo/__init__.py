"""Matomo's names and shapes.

Law: translates, and computes nothing; never imports api or web.
"""
