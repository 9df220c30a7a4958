"""Watching: rounds of checks on a fixed grid, recorded, served as metrics and a page, told to who wants to know.

A round is a process of its own (`opscheck run`), of which this package reads the report. Time, rounds and sinks are
protocols, so that a day of watching can be tested in milliseconds.
"""
