"""Side-by-side measurements: `python -m benchmarks [NAME...] [--quick]` prints seconds and ratios, judges nothing."""
