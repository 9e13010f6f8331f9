"""Made by the script "generate" from rekey/services.py: the same, awaited."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import Unpack, cast

from rekey import methods
from rekey.methods import Method, Reply, Request
from rekey.options import CallOptions, KeyedCallOptions, Origin
from rekey.replies import (
    Account,
    AccountPage,
    CodeSent,
    Description,
    Language,
    Letter,
    LetterPage,
    ResetRequested,
    ServerStatus,
    ServingStatus,
    Session,
    SessionOwner,
    ValidLink,
)
from rekey.secret import secret_bytes
from rekey.v1 import operator_pb2 as operator
from rekey.v1 import recovery_pb2 as recovery
from rekey.v1 import reflection_pb2 as reflection

_PAGE = 1_000


def _language(language: Language) -> operator.Language:
    # The stubs want the enum's own type; at run time there is none, only numbers.
    return cast(operator.Language, language.value)


class Caller(ABC):
    """Whoever can make a call."""

    @abstractmethod
    async def call(
        self, method: Method[Request, Reply], request: Request, **options: Unpack[KeyedCallOptions]
    ) -> Reply:
        """Any method, by its messages."""


class RekeyService(Caller):
    """The way back into an account, and what follows it."""

    async def request_reset(
        self,
        identifier: str,
        *,
        origin: Origin | None = None,
        **options: Unpack[KeyedCallOptions],
    ) -> ResetRequested:
        """Sends a mail with a link and an SMS with a code, if there is such an account; the answer
        is the same if not. Refused: LETTERS_BACKLOG."""
        request = recovery.RequestResetRequest(
            identifier=identifier, origin=Origin.message(origin)
        )
        reply = await self.call(methods.REQUEST_RESET, request, **options)
        return ResetRequested.of(reply)

    async def validate_link(
        self, link: str | bytes, *, origin: Origin | None = None, **options: Unpack[CallOptions]
    ) -> ValidLink:
        """Says until when a link is good and what a password must be. The link is the token behind
        the # of the URL in the mail. Refused: LINK_INVALID."""
        request = recovery.ValidateLinkRequest(
            link=secret_bytes(link, "link"), origin=Origin.message(origin)
        )
        reply = await self.call(methods.VALIDATE_LINK, request, **options)
        return ValidLink.of(reply)

    async def resend_code(
        self,
        link: str | bytes,
        *,
        origin: Origin | None = None,
        **options: Unpack[KeyedCallOptions],
    ) -> CodeSent:
        """Sends a new code for the same link; the code before it is dead. Refused: LINK_INVALID,
        RESENDS_SPENT."""
        request = recovery.ResendCodeRequest(
            link=secret_bytes(link, "link"), origin=Origin.message(origin)
        )
        reply = await self.call(methods.RESEND_CODE, request, **options)
        return CodeSent.of(reply)

    async def activate(
        self,
        link: str | bytes,
        code: str | bytes,
        password: str | bytes,
        confirmation: str | bytes,
        *,
        origin: Origin | None = None,
        **options: Unpack[KeyedCallOptions],
    ) -> None:
        """Sets the password, given twice; ends every session and every other reset of the account.
        Refused: PASSWORD_UNACCEPTABLE, CONFIRMATION_DIFFERS, LINK_INVALID, ACTIVATION_REFUSED."""
        request = recovery.ActivateRequest(
            link=secret_bytes(link, "link"),
            code=secret_bytes(code, "code"),
            password=secret_bytes(password, "password"),
            confirmation=secret_bytes(confirmation, "confirmation"),
            origin=Origin.message(origin),
        )
        await self.call(methods.ACTIVATE, request, **options)

    async def cancel_contact_change(
        self,
        link: str | bytes,
        *,
        origin: Origin | None = None,
        **options: Unpack[KeyedCallOptions],
    ) -> None:
        """Restores the contacts of before a change, or a deleted account; ends every session and the
        pause of recovery.
        The link is the token behind the #cancel= of the URL in the mail. Refused: LINK_INVALID."""
        request = recovery.CancelContactChangeRequest(
            link=secret_bytes(link, "link"), origin=Origin.message(origin)
        )
        await self.call(methods.CANCEL_CONTACT_CHANGE, request, **options)

    async def login(
        self,
        identifier: str,
        password: str | bytes,
        *,
        earlier_session: str | bytes = b"",
        origin: Origin | None = None,
        **options: Unpack[CallOptions],
    ) -> Session:
        """Opens a session; `earlier_session`, which the user still holds, ends with it. Never made
        a second time when its outcome is unknown. Refused: LOGIN_FAILED, ACCOUNT_CHANGED."""
        request = recovery.LoginRequest(
            identifier=identifier,
            password=secret_bytes(password, "password"),
            earlier_session=secret_bytes(earlier_session, "earlier_session"),
            origin=Origin.message(origin),
        )
        reply = await self.call(methods.LOGIN, request, **options)
        return Session.of(reply)

    async def check_session(
        self, session: str | bytes, **options: Unpack[CallOptions]
    ) -> SessionOwner:
        """Says whose session it is, and counts as its use. Refused: SESSION_INVALID."""
        request = recovery.CheckSessionRequest(session=secret_bytes(session, "session"))
        reply = await self.call(methods.CHECK_SESSION, request, **options)
        return SessionOwner.of(reply)

    async def change_password(
        self,
        session: str | bytes,
        current_password: str | bytes,
        new_password: str | bytes,
        confirmation: str | bytes,
        *,
        origin: Origin | None = None,
        **options: Unpack[KeyedCallOptions],
    ) -> None:
        """Sets a new password; ends the account's other sessions. Refused: SESSION_INVALID,
        PASSWORD_WRONG, PASSWORD_UNACCEPTABLE, CONFIRMATION_DIFFERS, ACCOUNT_CHANGED."""
        request = recovery.ChangePasswordRequest(
            session=secret_bytes(session, "session"),
            current_password=secret_bytes(current_password, "current_password"),
            new_password=secret_bytes(new_password, "new_password"),
            confirmation=secret_bytes(confirmation, "confirmation"),
            origin=Origin.message(origin),
        )
        await self.call(methods.CHANGE_PASSWORD, request, **options)

    async def logout(self, session: str | bytes, **options: Unpack[KeyedCallOptions]) -> None:
        """Ends a session, also one that is over already. Refused: SESSION_INVALID (forged)."""
        request = recovery.LogoutRequest(session=secret_bytes(session, "session"))
        await self.call(methods.LOGOUT, request, **options)

    async def health(self, service: str = "", **options: Unpack[CallOptions]) -> ServingStatus:
        """Whether the server, or one service of it ("rekey.v1.Rekey"), takes calls. Refused:
        SERVICE_UNKNOWN."""
        reply = await self.call(methods.HEALTH, recovery.HealthRequest(service=service), **options)
        return ServingStatus(reply.status)

    async def describe(self, **options: Unpack[CallOptions]) -> Description:
        """What this server offers: messages, methods, limits."""
        reply = await self.call(methods.DESCRIBE, reflection.DescribeRequest(), **options)
        return Description.of(reply)


class OperatorService(Caller):
    """For the people who run it. Nothing here sets a password, or returns a link or a code. All
    that name an account are refused with ACCOUNT_UNKNOWN where there is none."""

    async def create_account(
        self,
        identifier: str,
        *,
        name: str,
        mail: str,
        mobile: str,
        language: Language,
        **options: Unpack[KeyedCallOptions],
    ) -> Account:
        """Opens an account, pending until its owner activates it by mail and SMS. Refused:
        ACCOUNT_EXISTS."""
        request = operator.CreateAccountRequest(
            identifier=identifier,
            name=name,
            mail=mail,
            mobile=mobile,
            language=_language(language),
        )
        reply = await self.call(methods.CREATE_ACCOUNT, request, **options)
        return Account.of(reply)

    async def get_account(self, identifier: str, **options: Unpack[CallOptions]) -> Account:
        request = operator.AccountRequest(identifier=identifier)
        reply = await self.call(methods.GET_ACCOUNT, request, **options)
        return Account.of(reply)

    async def list_accounts(
        self, *, after: str = "", limit: int = 0, **options: Unpack[CallOptions]
    ) -> AccountPage:
        """One page by ascending id, of 1 to 1,000 accounts; 0 stands for 100. `accounts` reads
        them all."""
        request = operator.ListAccountsRequest(after=after, limit=limit)
        reply = await self.call(methods.LIST_ACCOUNTS, request, **options)
        return AccountPage.of(reply)

    async def accounts(self, **options: Unpack[CallOptions]) -> AsyncIterator[Account]:
        """All accounts by ascending id, read page by page; `timeout` is a page's."""
        after = ""
        while True:
            page = await self.list_accounts(after=after, limit=_PAGE, **options)
            for account in page.accounts:
                yield account
            after = page.next_after
            if not after:
                return

    async def update_account(
        self,
        identifier: str,
        *,
        expected_version: int,
        name: str | None = None,
        mail: str | None = None,
        mobile: str | None = None,
        language: Language | None = None,
        **options: Unpack[KeyedCallOptions],
    ) -> Account:
        """Sets what is not None, one or more. Refused: ACCOUNT_CHANGED when `expected_version` is
        not the account's any more."""
        request = operator.UpdateAccountRequest(
            identifier=identifier, expected_version=expected_version
        )
        for field, value in (("name", name), ("mail", mail), ("mobile", mobile)):
            if value is not None:
                request.field_mask.append(field)
                setattr(request, field, value)
        if language is not None:
            request.field_mask.append("language")
            request.language = _language(language)
        reply = await self.call(methods.UPDATE_ACCOUNT, request, **options)
        return Account.of(reply)

    async def lock_account(
        self, identifier: str, **options: Unpack[KeyedCallOptions]
    ) -> Account:
        """Stops login and recovery, voids nothing. Refused: ACCOUNT_STATE."""
        request = operator.AccountRequest(identifier=identifier)
        reply = await self.call(methods.LOCK_ACCOUNT, request, **options)
        return Account.of(reply)

    async def unlock_account(
        self, identifier: str, **options: Unpack[KeyedCallOptions]
    ) -> Account:
        """Takes a lock or a suspension away. Refused: ACCOUNT_STATE."""
        request = operator.AccountRequest(identifier=identifier)
        reply = await self.call(methods.UNLOCK_ACCOUNT, request, **options)
        return Account.of(reply)

    async def disable_account(
        self, identifier: str, **options: Unpack[KeyedCallOptions]
    ) -> Account:
        """Stops login and recovery, ends sessions and resets."""
        request = operator.AccountRequest(identifier=identifier)
        reply = await self.call(methods.DISABLE_ACCOUNT, request, **options)
        return Account.of(reply)

    async def enable_account(
        self, identifier: str, **options: Unpack[KeyedCallOptions]
    ) -> Account:
        """Takes `disable_account` back. Refused: ACCOUNT_STATE."""
        request = operator.AccountRequest(identifier=identifier)
        reply = await self.call(methods.ENABLE_ACCOUNT, request, **options)
        return Account.of(reply)

    async def delete_account(
        self, identifier: str, **options: Unpack[KeyedCallOptions]
    ) -> None:
        """Removes the account and its personal data. If it was ever activated, its owner can take that
        back for a while, by `cancel_contact_change`, and its identifier is in use so long."""
        request = operator.AccountRequest(identifier=identifier)
        await self.call(methods.DELETE_ACCOUNT, request, **options)

    async def revoke_sessions(
        self, identifier: str, **options: Unpack[KeyedCallOptions]
    ) -> int:
        """Ends all sessions; returns how many there were."""
        request = operator.AccountRequest(identifier=identifier)
        reply = await self.call(methods.REVOKE_SESSIONS, request, **options)
        return reply.revoked

    async def list_letters(
        self, *, after: str = "", limit: int = 0, **options: Unpack[CallOptions]
    ) -> LetterPage:
        """One page of the letters that wait to be sent, as `list_accounts`."""
        request = operator.ListLettersRequest(after=after, limit=limit)
        reply = await self.call(methods.LIST_LETTERS, request, **options)
        return LetterPage.of(reply)

    async def letters(self, **options: Unpack[CallOptions]) -> AsyncIterator[Letter]:
        """All letters that wait, as `accounts`."""
        after = ""
        while True:
            page = await self.list_letters(after=after, limit=_PAGE, **options)
            for letter in page.letters:
                yield letter
            after = page.next_after
            if not after:
                return

    async def server_status(self, **options: Unpack[CallOptions]) -> ServerStatus:
        """Counts, the log's position, whether the disk is full."""
        reply = await self.call(methods.SERVER_STATUS, operator.ServerStatusRequest(), **options)
        return ServerStatus.of(reply)
