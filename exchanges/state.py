"""Who remembers, across processes: limiter buckets and blocks (database, memory for tests), claims and breakers."""
