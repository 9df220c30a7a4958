"""Documents of other systems, read into the model: what an observation makes of the answers that it got."""
