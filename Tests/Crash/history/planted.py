"""Histories that are known to be right or wrong: the checker must pass the first and stop at
exactly the planted answer in the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker import check
from model import ACTIVE, LINK_LIFE_MS, LOCKED, NO_CODE, State
from operation import OK, Operation

FIRST = State(password="p0", version=1, name="n0", mobile="+33600000001")
MADE = 1_000


class Story:
    """Calls one after the other, unless a time is given; `wrong` marks the planted answer."""

    def __init__(self) -> None:
        self.calls: list[Operation] = []
        self.planted: Operation | None = None
        self._now = 0.0

    def add(
        self, kind: str, answer: str | None = OK, told: dict[str, Any] | None = None, *,
        wrong: bool = False, lasts: float = 0.5, **given: Any,
    ) -> None:  # fmt: skip
        self._now += 1
        call = Operation(kind, given, self._now, self._now + lasts, answer, told or {})
        self.calls.append(call)
        if wrong:
            self.planted = call

    def reset(self, link: str = "L", made: int = MADE) -> None:
        self.add("RequestReset", told={"link_life_ms": LINK_LIFE_MS})
        self.add("MailSeen", link=link, made=made)

    def activate(
        self, password: str, answer: str | None = OK, code: int = MADE, link: str = "L", **more: Any
    ) -> None:
        self.add("Activate", answer, link=link, code=code, password=password, **more)

    def guess(self, answer: str = "ACTIVATION_REFUSED", link: str = "L", **more: Any) -> None:
        self.activate("guessed", answer, NO_CODE, link, **more)

    def login(self, password: str, session: str = "", **more: Any) -> None:
        """Without a session it is refused."""
        answer, told = (OK, {"session": session}) if session else ("LOGIN_FAILED", {})
        self.add("Login", answer, told, password=password, earlier=None, **more)

    def session(self, session: str, valid: bool, **more: Any) -> None:
        answer, told = (OK, {"name": "n0"}) if valid else ("SESSION_INVALID", {})
        self.add("CheckSession", answer, told, session=session, **more)

    def change(self, session: str, current: str, password: str) -> None:
        self.add("ChangePassword", session=session, current=current, password=password)

    def validate(self, answer: str, code: int = MADE, resends_left: int = 3, **more: Any) -> None:
        told = {"code": code, "resends_left": resends_left, "mobile": "01"} if answer == OK else {}
        self.add("ValidateLink", answer, told, link="L", **more)

    def account(self, kind: str, version: int, *, wrong: bool = False, **but: Any) -> None:
        """A call that shows the account; `but` is what differs from FIRST, or is given."""
        given = {name: but.pop(name) for name in ("expected_version",) if name in but}
        told = {
            "version": version, "name": "n0", "mobile": FIRST.mobile, "confirmed": True,
            "paused": False, "sessions": 0, "resets": 0, "failures": 0, "state": ACTIVE, **but,
        }  # fmt: skip
        if kind == "UpdateAccount":
            given |= {"name": told["name"], "mobile": told["mobile"]}
        self.add(kind, OK, told, wrong=wrong, **given)

    def new_number(self, version: int, **but: Any) -> None:
        """And the mail that tells of it, with the link B."""
        but |= {"mobile": "+33600000002", "confirmed": False, "paused": True}
        self.account("UpdateAccount", version, expected_version=version - 1, **but)
        self.add("ChangeSeen", link="B")


# What is right, and looks odd.


def the_flow(story: Story) -> None:
    story.login("p0", "s0")
    story.reset()
    story.validate(OK)
    for _ in range(4):
        story.guess()
    story.activate("p1")
    story.activate("p2", "ACTIVATION_REFUSED")
    story.session("s0", False)
    story.login("p0")
    story.login("p1", "s1")
    story.account("GetAccount", 2, sessions=1)
    story.change("s1", "p1", "p2")
    story.session("s1", True)
    story.account("UpdateAccount", 4, expected_version=3, name="n1", sessions=1)


def a_change_taken_back(story: Story) -> None:
    story.new_number(2)
    story.add("CancelContactChange", "LINK_INVALID", link="L")
    story.add("RequestReset", told={"link_life_ms": LINK_LIFE_MS})
    story.add("CancelContactChange", link="B")
    story.account("GetAccount", 3)
    story.reset()
    story.activate("p1")


def either_of_two_at_once(story: Story) -> None:
    story.reset()
    story.activate("p1", "ACTIVATION_REFUSED", lasts=9)
    story.activate("p2", OK, lasts=9)
    story.login("p0", lasts=9)
    story.login("p2", "s1")


def unknown_and_done(story: Story) -> None:
    story.reset()
    story.activate("p1", None)
    story.login("p0")
    story.login("p1", "s1")


def unknown_and_never(story: Story) -> None:
    story.reset()
    story.activate("p1", None)
    story.login("p0", "s1")
    story.activate("p2")


def code_of_an_unknown_resend(story: Story) -> None:
    story.reset()
    story.add("ResendCode", None, link="L")
    story.activate("p1", "ACTIVATION_REFUSED")
    story.validate(OK, code=MADE + 7, resends_left=2)
    story.activate("p1", code=MADE + 7)


RIGHT = (
    the_flow, a_change_taken_back, either_of_two_at_once, unknown_and_done, unknown_and_never,
    code_of_an_unknown_resend,
)  # fmt: skip


# What is wrong.


def two_activations_of_one_reset(story: Story) -> None:
    story.reset()
    story.activate("p1")
    story.activate("p2", wrong=True)


def two_activations_at_once(story: Story) -> None:
    story.reset()
    story.activate("p1", lasts=3)
    story.activate("p2", lasts=3, wrong=True)


def a_guess_too_many(story: Story) -> None:
    story.reset()
    for _ in range(5):
        story.guess()
    story.activate("p1", wrong=True)


def a_guess_forgotten_by_a_crash(story: Story) -> None:
    story.reset()
    for _ in range(5):
        story.guess()
    story.validate(OK, wrong=True)


def guesses_over_all_resets(story: Story) -> None:
    for link in ("L1", "L2"):
        story.reset(link)
        for _ in range(5):
            story.guess(link=link)
    story.add("RequestReset", told={"link_life_ms": LINK_LIFE_MS})
    story.add("MailSeen", link="L3", made=MADE, wrong=True)


def a_resend_that_gives_guesses_back(story: Story) -> None:
    story.reset()
    for _ in range(4):
        story.guess()
    story.add("ResendCode", told={"code": MADE + 1, "resends_left": 2}, link="L")
    story.guess()
    story.activate("p1", code=MADE + 1, wrong=True)


def the_code_before_a_resend(story: Story) -> None:
    story.reset()
    story.add("ResendCode", told={"code": MADE + 1, "resends_left": 2}, link="L")
    story.activate("p1", wrong=True)


def a_fourth_resend(story: Story) -> None:
    story.reset()
    for left in (2, 1, 0):
        told = {"code": MADE + 3 - left, "resends_left": left}
        story.add("ResendCode", told=told, link="L")
    told = {"code": MADE + 4, "resends_left": 0}
    story.add("ResendCode", told=told, link="L", wrong=True)


def two_updates_of_one_version(story: Story) -> None:
    story.account("UpdateAccount", 2, expected_version=1, name="n1")
    story.account("UpdateAccount", 3, expected_version=1, name="n2", wrong=True)


def an_update_that_is_gone(story: Story) -> None:
    story.account("UpdateAccount", 2, expected_version=1, name="n1")
    story.account("GetAccount", 1, wrong=True)


def a_session_after_logout(story: Story) -> None:
    story.login("p0", "s0")
    story.add("Logout", session="s0")
    story.session("s0", True, wrong=True)


def a_session_after_revoke(story: Story) -> None:
    story.login("p0", "s0")
    story.add("RevokeSessions", told={"revoked": 1})
    story.session("s0", True, wrong=True)


def a_session_after_activate(story: Story) -> None:
    story.login("p0", "s0")
    story.reset()
    story.activate("p1")
    story.session("s0", True, wrong=True)


def a_session_after_another_changed_the_password(story: Story) -> None:
    story.login("p0", "s0")
    story.login("p0", "s1")
    story.change("s1", "p0", "p1")
    story.session("s0", True, wrong=True)


def a_session_that_comes_back(story: Story) -> None:
    story.login("p0", "s0")
    story.add("Logout", None, session="s0")
    story.session("s0", False)
    story.session("s0", True, wrong=True)


def an_eleventh_session(story: Story) -> None:
    for number in range(11):
        story.login("p0", f"s{number}")
    story.session("s0", True, wrong=True)


def the_old_password_after_activate(story: Story) -> None:
    story.reset()
    story.activate("p1")
    story.login("p0", "s0", wrong=True)


def the_old_password_after_a_change(story: Story) -> None:
    story.login("p0", "s0")
    story.change("s0", "p0", "p1")
    story.login("p0", "s1", wrong=True)


def an_activation_lost_by_a_crash(story: Story) -> None:
    story.reset()
    story.activate("p1")
    story.login("p1", wrong=True)


def a_login_lost_by_a_crash(story: Story) -> None:
    story.login("p0", "s0")
    story.session("s0", False, wrong=True)


def a_lock_lost_by_a_crash(story: Story) -> None:
    story.account("LockAccount", 2, state=LOCKED)
    story.login("p0", "s0", wrong=True)


def a_link_after_a_new_number(story: Story) -> None:
    story.reset()
    story.new_number(2)
    story.validate(OK, wrong=True)


def a_reset_while_a_new_number_waits(story: Story) -> None:
    story.new_number(2)
    story.add("RequestReset", told={"link_life_ms": LINK_LIFE_MS})
    story.add("MailSeen", link="L", made=MADE, wrong=True)


def a_change_taken_back_twice(story: Story) -> None:
    story.new_number(2)
    story.add("CancelContactChange", link="B")
    story.add("CancelContactChange", link="B", wrong=True)


def a_session_after_a_change_was_taken_back(story: Story) -> None:
    story.login("p0", "s0")
    story.new_number(2, sessions=1)
    story.add("CancelContactChange", link="B")
    story.session("s0", True, wrong=True)


def half_an_activation(story: Story) -> None:
    story.login("p0", "s0")
    story.reset()
    story.activate("p1", None)
    story.login("p1", "s1")
    story.session("s0", True, wrong=True)


def done_after_its_server_was_gone(story: Story) -> None:
    story.reset()
    story.activate("p1", None)
    story.login("p0", "s0")
    story.login("p1", "s1", wrong=True)


def a_failure_not_counted(story: Story) -> None:
    story.login("p9")
    story.login("p9")
    story.account("GetAccount", 1, failures=1, wrong=True)


WRONG = (
    two_activations_of_one_reset, two_activations_at_once, a_guess_too_many,
    a_guess_forgotten_by_a_crash, guesses_over_all_resets, a_resend_that_gives_guesses_back,
    the_code_before_a_resend, a_fourth_resend, two_updates_of_one_version, an_update_that_is_gone,
    a_session_after_logout, a_session_after_revoke, a_session_after_activate,
    a_session_after_another_changed_the_password, a_session_that_comes_back, an_eleventh_session,
    the_old_password_after_activate, the_old_password_after_a_change, an_activation_lost_by_a_crash,
    a_login_lost_by_a_crash, a_lock_lost_by_a_crash, a_link_after_a_new_number,
    a_reset_while_a_new_number_waits, a_change_taken_back_twice,
    a_session_after_a_change_was_taken_back, half_an_activation,
    done_after_its_server_was_gone, a_failure_not_counted,
)  # fmt: skip


def judge() -> list[str]:
    """What the checker says wrongly; empty when it may be believed."""
    faults = []
    for tell in (*RIGHT, *WRONG):
        story = _told(tell)
        found = check(FIRST, story.calls)
        if (found and found.operation) is not story.planted:
            faults.append(f"{tell.__name__}: stopped at {found and found.operation}")
    return faults


def _told(tell: Callable[[Story], None]) -> Story:
    story = Story()
    tell(story)
    return story
