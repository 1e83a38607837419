"""Who remembers budgets and blocks: `Limits`, on a small file, on PostgreSQL, or on Redis with one of the two behind it.

    Limits -- Kept -- MemoryLimits     one process: tests and drills
                   |- SqliteLimits     all processes of a machine (state/file.py)
                   |- DatabaseLimits   all machines of a PostgreSQL (state/database.py)
                   |- RedisLimits      all machines of a Redis or Valkey (state/quick.py)
           -- PairedLimits             a quick one and a durable one (state/paired.py)
"""

from exchanges.limits import Charge, Grant, Rate
from exchanges.state.file import SqliteLimits
from exchanges.state.kept import Kept, Limits, MemoryLimits, OutOfOrder, Trouble

__all__ = ["Charge", "Grant", "Kept", "Limits", "MemoryLimits", "OutOfOrder", "Rate", "SqliteLimits", "Trouble"]
