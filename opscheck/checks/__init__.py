"""The judgements: one check per file, a pure function of observations. A module with a leading `_` holds none."""
