"""Benchmarks, with their peers. May import everything."""
