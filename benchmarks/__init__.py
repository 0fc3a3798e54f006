"""Side-by-side measurements of the course and its peers: `python -m benchmarks`, or `make bench`."""
