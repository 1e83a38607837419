"""The pages: addresses, what they understand, what they show, and the charts and formats they show it with."""
