"""What browsers of other origins may do: the judgement, held against a real browser."""
