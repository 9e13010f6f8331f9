"""A client for Rekey, which gives people their account back.

with rekey.Client() as client:
    client.request_reset("C-1234567")

It finds servers, and its certificate, in a profile: a folder that `rekeyd` makes (rekey.profile).
`Client` waits, `aio.Client` is for asyncio. Both have a method for each RPC, with those of operators
under `client.operator`, and raise a RekeyError. Nothing here prints, logs or shows a secret.
"""

from rekey import aio, methods
from rekey.client import Client
from rekey.errors import (
    AccessError,
    CallerRefused,
    DeadlineExceeded,
    Detail,
    MethodForbidden,
    OutcomeUnknown,
    ProfileError,
    ProtocolError,
    RateLimited,
    Reason,
    Refused,
    RekeyError,
    ServerUntrusted,
    Status,
    Unavailable,
)
from rekey.options import CallOptions, KeyedCallOptions, Origin
from rekey.replies import (
    Account,
    AccountPage,
    AccountState,
    CodeSent,
    Description,
    Language,
    Letter,
    LetterKind,
    LetterPage,
    MethodDescription,
    PasswordRules,
    ResetRequested,
    Role,
    ServerStatus,
    ServingStatus,
    Session,
    SessionOwner,
    ValidLink,
)
from rekey.secret import Secret
from rekey.trace import trace_context

__all__ = [
    "AccessError", "Account", "AccountPage", "AccountState", "CallOptions", "CallerRefused",
    "Client", "CodeSent", "DeadlineExceeded", "Description", "Detail", "KeyedCallOptions",
    "Language", "Letter", "LetterKind", "LetterPage", "MethodDescription", "MethodForbidden",
    "Origin", "OutcomeUnknown", "PasswordRules", "ProfileError", "ProtocolError", "RateLimited",
    "Reason", "Refused", "RekeyError", "ResetRequested", "Role", "Secret", "ServerStatus",
    "ServerUntrusted", "ServingStatus", "Session", "SessionOwner", "Status", "Unavailable",
    "ValidLink", "aio", "methods", "trace_context",
]  # fmt: skip
