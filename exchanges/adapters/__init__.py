"""The exchanges Pebble knows: every module of this folder, discovered once, checked once, in the customer's order.

A new exchange is a new file here, or a folder of its name where one file would be too long to read, and nothing else. In
a folder `__init__.py` sets ADAPTER, says what refusals mean and puts together what the other files read.
`PEBBLE_ADAPTER_DIRS` (tests) names further folders to look in.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

from exchanges.adapter import Adapter


def _modules() -> list[ModuleType]:
    own = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    extra = [Path(p) for p in os.environ.get("PEBBLE_ADAPTER_DIRS", "").split(os.pathsep) if p]
    return own + [_load(path) for folder in extra for path in sorted(folder.glob("[a-z]*.py"))]


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{__name__}.{path.stem}", path)
    assert spec and spec.loader, f"{path} is not a Python file"
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def discover() -> dict[str, Adapter]:
    """All adapters by slug. A file that declares none, or under another name, is refused with the reason."""
    found: list[Adapter] = []
    for module in _modules():
        name = module.__name__.rpartition(".")[2]
        adapter = getattr(module, "ADAPTER", None)
        if not isinstance(adapter, Adapter):
            raise TypeError(f"exchanges/adapters/{name}.py must set ADAPTER to an Adapter")
        if adapter.slug != name:
            raise ValueError(f"exchanges/adapters/{name}.py declares slug {adapter.slug!r}; the file name is the slug")
        found.append(adapter)
    return {a.slug: a for a in sorted(found, key=lambda a: (a.position, a.slug))}


ADAPTERS: dict[str, Adapter] = discover()
