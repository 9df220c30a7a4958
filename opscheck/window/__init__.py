"""Maintenance windows: when they may open, what has to be there before, what happened, how things were left.

A window is a folder: a log in which every line holds the hash of the one before, and the evidence that it names.
"""
