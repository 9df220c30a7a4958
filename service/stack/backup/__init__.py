"""Backups of the state: whole or not there at all."""
