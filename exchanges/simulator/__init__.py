"""The exchange simulator: one market model, five ways of speaking, everything that can go wrong."""
