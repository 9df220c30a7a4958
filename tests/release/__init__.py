"""The release checklist and the legacy cutover."""
