"""What can go wrong in the core, and at its edges.

    ConciergeError
    ├── ConfigurationError        a setting or policy file is wrong (names it, and says what to do); exit status 2
    ├── StoreUnavailable          Redis can't be reached or refused; nothing was accepted
    ├── Conflict                  a compare-and-set lost: somebody else changed the conversation first
    ├── LeaseLost                 a lane is held by another worker now; nothing of ours may be committed
    ├── Refused                   not possible as things stand; the message tells the person why
    │   └── NotAllowed            the person may not do this (deny by default)
    ├── NoSuchHandoff             an id that was never given out
    ├── ModelUnavailable          the chat model is slow, away or failing; the chain falls back to quoting
    └── DeliveryError             a platform did not take a post
        ├── RateLimited           not taken; may be tried again after `retry_after` seconds
        ├── Ambiguous             nobody knows whether it was taken: look before sending again
        ├── PlatformUnavailable   not taken; may be tried again
        └── Rejected              never will be taken as it is (deleted channel, invalid blocks)

Vendor exceptions are mapped to these once, where the vendor is called: Redis in `core/store`, the model in
`core/answering`, a platform in its adapter.
"""


class ConciergeError(Exception):
    """Base of everything that the core raises on purpose."""


class ConfigurationError(ConciergeError):
    """A setting is wrong; the message names it and says what to do."""


class StoreUnavailable(ConciergeError):
    """Redis can't be reached, or refused; nothing was stored."""


class Conflict(ConciergeError):
    """Somebody else changed the conversation first; read it again."""


class LeaseLost(ConciergeError):
    """Another worker holds the lane now; nothing of this one's may be committed."""


class Refused(ConciergeError):
    """Not possible as things stand; the message is for the person who asked."""


class NotAllowed(Refused):
    """The person may not do this."""


class NoSuchHandoff(ConciergeError):
    """There is no handoff of this id."""


class ModelUnavailable(ConciergeError):
    """The chat model did not answer within its budget, or failed."""


class DeliveryError(ConciergeError):
    """A platform did not take a post."""


class RateLimited(DeliveryError):
    """Not taken: the platform asks to wait."""

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        """Seconds to wait before the channel takes another post."""
        super().__init__(f"rate limited for {retry_after:g} s")


class Ambiguous(DeliveryError):
    """The connection broke or timed out after the request was sent: it may have been taken."""


class PlatformUnavailable(DeliveryError):
    """Not taken: the platform is away or failing; trying again is safe."""


class Rejected(DeliveryError):
    """The platform refuses this post for good; the message says why."""
