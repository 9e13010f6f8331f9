"""A client for Rekey, which gives people their account back.

with rekey.Client("127.0.0.1:7350", plaintext_on_loopback=True) as client:
    client.request_reset("C-1234567")

`Client` waits, `aio.Client` is for asyncio. Both have a method for each RPC, with those of operators
under `client.operator`, and raise a RekeyError. Nothing here prints, logs or shows a secret.
"""

from rekey import aio, methods
from rekey.client import Client
from rekey.errors import (
    DeadlineExceeded,
    Detail,
    OutcomeUnknown,
    ProtocolError,
    Reason,
    Refused,
    RekeyError,
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
    "Account", "AccountPage", "AccountState", "CallOptions", "Client", "CodeSent",
    "DeadlineExceeded", "Description", "Detail", "KeyedCallOptions", "Language", "Letter",
    "LetterKind", "LetterPage", "MethodDescription", "Origin", "OutcomeUnknown", "PasswordRules",
    "ProtocolError", "Reason", "Refused", "RekeyError", "ResetRequested", "Role", "Secret",
    "ServerStatus", "ServingStatus", "Session", "SessionOwner", "Status", "Unavailable",
    "ValidLink", "aio", "methods", "trace_context",
]  # fmt: skip
