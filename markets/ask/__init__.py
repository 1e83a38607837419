"""Questions in plain language: read into a frame, routed, answered from stored numbers, kept as receipts."""
