"""The methods of version 1, as services.proto declares them: what goes in, what comes out, and when
a call may be made again. A newer server's further methods are called with a `Method` of your own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from google.protobuf.message import Message

from rekey.v1 import operator_pb2 as operator
from rekey.v1 import recovery_pb2 as recovery
from rekey.v1 import reflection_pb2 as reflection

Request = TypeVar("Request", bound=Message)
Reply = TypeVar("Reply", bound=Message)


class Repeat(Enum):
    """When a call may be made again although its first outcome is not known (P6.1, P6.3)."""

    UNSPECIFIED = 0
    # It changes nothing.
    FREELY = 1
    # With the idempotency key of the first.
    WITH_KEY = 2
    NEVER = 3

    @classmethod
    def _missing_(cls, value: object) -> Repeat:
        return cls.UNSPECIFIED


@dataclass(frozen=True)
class Method(Generic[Request, Reply]):
    """One method, by its name on the wire: "rekey.v1.Rekey/Login"."""

    name: str
    request: type[Request]
    reply: type[Reply]
    repeat: Repeat


def _rekey(name: str, request: type[Request], reply: type[Reply], repeat: Repeat) -> Method[
    Request, Reply
]:
    return Method(f"rekey.v1.Rekey/{name}", request, reply, repeat)


def _operator(name: str, request: type[Request], reply: type[Reply], repeat: Repeat) -> Method[
    Request, Reply
]:
    return Method(f"rekey.v1.Operator/{name}", request, reply, repeat)


REQUEST_RESET = _rekey(
    "RequestReset", recovery.RequestResetRequest, recovery.RequestResetReply, Repeat.WITH_KEY
)
VALIDATE_LINK = _rekey(
    "ValidateLink", recovery.ValidateLinkRequest, recovery.ValidateLinkReply, Repeat.FREELY
)
RESEND_CODE = _rekey(
    "ResendCode", recovery.ResendCodeRequest, recovery.ResendCodeReply, Repeat.WITH_KEY
)
ACTIVATE = _rekey("Activate", recovery.ActivateRequest, recovery.ActivateReply, Repeat.WITH_KEY)
CANCEL_CONTACT_CHANGE = _rekey(
    "CancelContactChange",
    recovery.CancelContactChangeRequest,
    recovery.CancelContactChangeReply,
    Repeat.WITH_KEY,
)
LOGIN = _rekey("Login", recovery.LoginRequest, recovery.LoginReply, Repeat.NEVER)
CHECK_SESSION = _rekey(
    "CheckSession", recovery.CheckSessionRequest, recovery.CheckSessionReply, Repeat.FREELY
)
CHANGE_PASSWORD = _rekey(
    "ChangePassword", recovery.ChangePasswordRequest, recovery.ChangePasswordReply, Repeat.WITH_KEY
)
LOGOUT = _rekey("Logout", recovery.LogoutRequest, recovery.LogoutReply, Repeat.WITH_KEY)
HEALTH = _rekey("Health", recovery.HealthRequest, recovery.HealthReply, Repeat.FREELY)

CREATE_ACCOUNT = _operator(
    "CreateAccount", operator.CreateAccountRequest, operator.Account, Repeat.WITH_KEY
)
GET_ACCOUNT = _operator("GetAccount", operator.AccountRequest, operator.Account, Repeat.FREELY)
LIST_ACCOUNTS = _operator(
    "ListAccounts", operator.ListAccountsRequest, operator.ListAccountsReply, Repeat.FREELY
)
UPDATE_ACCOUNT = _operator(
    "UpdateAccount", operator.UpdateAccountRequest, operator.Account, Repeat.WITH_KEY
)
LOCK_ACCOUNT = _operator("LockAccount", operator.AccountRequest, operator.Account, Repeat.WITH_KEY)
UNLOCK_ACCOUNT = _operator(
    "UnlockAccount", operator.AccountRequest, operator.Account, Repeat.WITH_KEY
)
DISABLE_ACCOUNT = _operator(
    "DisableAccount", operator.AccountRequest, operator.Account, Repeat.WITH_KEY
)
ENABLE_ACCOUNT = _operator(
    "EnableAccount", operator.AccountRequest, operator.Account, Repeat.WITH_KEY
)
DELETE_ACCOUNT = _operator(
    "DeleteAccount", operator.AccountRequest, operator.DeleteAccountReply, Repeat.WITH_KEY
)
REVOKE_SESSIONS = _operator(
    "RevokeSessions", operator.AccountRequest, operator.RevokeSessionsReply, Repeat.WITH_KEY
)
LIST_LETTERS = _operator(
    "ListLetters", operator.ListLettersRequest, operator.ListLettersReply, Repeat.FREELY
)
SERVER_STATUS = _operator(
    "ServerStatus", operator.ServerStatusRequest, operator.ServerStatusReply, Repeat.FREELY
)

DESCRIBE = Method(
    "rekey.v1.Reflection/Describe",
    reflection.DescribeRequest,
    reflection.DescribeReply,
    Repeat.FREELY,
)
