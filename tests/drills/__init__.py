"""The long figures: Pebble's own poll functions, reads and pages in simulated time. `python -m tests.drills PART --seed N`."""
