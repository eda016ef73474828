"""Keeps fetches on the public internet: whoever edits the list must not reach what only this machine can reach."""

from __future__ import annotations

import ipaddress
import socket

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult


class PrivateAddress(OSError):
    """A name or address that leads to a private, local or reserved network."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet (not private, loopback, link-local, multicast, reserved)."""
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.sixtofour or ip.teredo or ip in _NAT64:
            return False  # they carry an IPv4 address, which could be a private one
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public_host(host: str) -> bool:
    """Whether the host of a URL, if it is an IP address in any spelling, is public. Names are for the resolver."""
    try:
        ipaddress.ip_address(host.strip("[]").split("%", 1)[0])
    except ValueError:
        try:
            packed = socket.inet_aton(host)  # 127.1, 0x7f000001, 2130706433
        except OSError:
            return True
        return is_public(socket.inet_ntoa(packed))
    return is_public(host.strip("[]"))


class PublicResolver(AbstractResolver):
    """Resolves names and refuses private addresses. The connection is made to the very addresses that were checked."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not found or not all(is_public(result["host"]) for result in found):
            raise PrivateAddress(f"{host} leads to a private network")
        return found

    async def close(self) -> None:
        await self._inner.close()
