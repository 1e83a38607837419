"""Which hosts and addresses Pebble's own requests may reach: named hosts of a list, and public addresses only."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from exchanges.errors import Refused

_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# 2000::/3 is all of IPv6 that is handed out as global unicast: mapped, NAT64 and compatible forms lie outside of it.
# Within it, these carry an IPv4 address or lead nowhere. `is_global` alone has called several of them global.
_GLOBAL_6 = ipaddress.ip_network("2000::/3")
_NOT_GLOBAL = tuple(ipaddress.ip_network(text) for text in ("2002::/16", "2001::/23", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24"))


def is_public(address: str) -> bool:
    """Whether an IP address is global unicast and hides no other address."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6 and ip not in _GLOBAL_6:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not any(ip in network for network in _NOT_GLOBAL)


def is_address(host: str) -> bool:
    """Whether a host is an IP address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine itself."""
    return ipaddress.ip_address(address).is_loopback


def is_indoors(address: str) -> bool:
    """Whether an IP address is this machine or one of a private network: where what is not encrypted may be sent."""
    ip = ipaddress.ip_address(address)
    return is_named(address) and ip.is_private


def is_named(address: str) -> bool:
    """Whether an operator may name an IP address: this machine, a private network or a public address; never link-local or none at all."""
    ip = ipaddress.ip_address(address)
    mapped = ip.ipv4_mapped if ip.version == 6 else None
    if mapped is not None:
        return is_named(str(mapped))
    return not (ip.is_link_local or ip.is_multicast or ip.is_unspecified or (ip.is_reserved and not ip.is_loopback))


def check_host(host: str, allowed: Collection[str]) -> None:
    """Raise Refused("address_blocked") unless it is a plain name of the allow-list: no address, port, user or path."""
    if not _NAME.fullmatch(host) or host not in allowed:
        raise Refused(f"{host[:80]!a} is not one of the hosts that may be asked", "address_blocked")


def check_webhook(url: str, *, loopback: bool = False) -> None:
    """Raise Refused("address_blocked") unless it is https on port 443 of a plain name or a public address, without user info.

    What a name leads to is checked where it is connected to. `loopback` is for tests: http to this machine, on any port, is let through, too.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("that is no address", "address_blocked") from None
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Refused("an address is printable ASCII without spaces; write a name with other letters in its xn-- form", "address_blocked")
    if "@" in parts.netloc or parts.fragment:
        raise Refused("it must hold no user, password or fragment", "address_blocked")
    if loopback and parts.scheme == "http" and _leads_home(host):
        return
    if parts.scheme != "https" or port not in (None, 443):
        raise Refused("it must begin with https:// and use port 443", "address_blocked")
    if not (_NAME.fullmatch(host) or _public_literal(host)):
        raise Refused(f"{host[:80]!a} is neither a full host name nor a public address", "address_blocked")


def _leads_home(host: str) -> bool:
    try:
        return is_loopback(host)
    except ValueError:
        return False


def _public_literal(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        return False
