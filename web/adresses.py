"""Where people reach us, for the links we give them; and from where they come, as little as is needed."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from fastapi import Request

PREFIXES = {4: 24, 6: 48}
"""What is kept of an address: a neighbourhood of machines, none of them."""


def public_base(request: Request) -> str:
    """« https://cap-soin.example », from the name this request was sent to (one of ours: `KnownHosts`)."""
    scheme = "https" if request.app.state.https else request.url.scheme
    return f"{scheme}://{request.headers['host']}"


def rough_address(request: Request) -> str:
    """Whose tries are counted together; never written anywhere but under a key (`Frein`)."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, PREFIXES[address.version]), strict=False).network_address)
