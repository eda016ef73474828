"""Asking another system whether a customer is a VIP: `vip.lookup_url` in the policy file."""

from __future__ import annotations

import aiohttp

from core.messages import Person


class HttpLookup:
    """`GET url?platform=…&id=…`, answered by `{"vip": true, "why": "gold"}`; the caller limits the time and caches."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(self, person: Person) -> str | None:
        """Why the person is a VIP, or None. Raises OSError when the other system can't tell."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(self._url, params={"platform": person.platform, "id": person.id}) as response,
            ):
                response.raise_for_status()
                found = await response.json()
        except (aiohttp.ClientError, ValueError) as error:
            raise OSError(f"the VIP look-up failed: {error}") from error
        if not isinstance(found, dict) or not found.get("vip"):
            return None
        return str(found.get("why") or "looked up")
