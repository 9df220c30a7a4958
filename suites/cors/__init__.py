"""What pages of other origins may do."""
