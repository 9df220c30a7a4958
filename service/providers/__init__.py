"""Language models: one inside the process, and two kinds over HTTP."""
