"""What each word of a step does. cases/README.md tells what they mean to who writes a case."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from . import access, courier, described
from .command_line import CommandLine
from .connection import ANSWER_SECONDS_MAX, Connection
from .failure import BadCase, Failure
from .patterns import match
from .protocol import (
    METHODS,
    REASONS,
    encode,
    frames,
    show,
    with_length,
    without_call_id,
)
from .run_of_case import MAIN, Run, Started, say_hello
from .spans import milliseconds
from .values import assemble, fill, substitute
from .words import WORDS

Step = dict[str, Any]
_SETTLED_SECONDS_MAX = 20.0


def perform(run: Run, step: Step) -> None:
    """One step, with its variables filled in now."""
    word = next(key for key in step if key in WORDS)
    began = time.monotonic()
    if word == "repeat":
        _repeat(run, step)
        return
    step = substitute(step, run.variables)
    _ACTIONS[word](run, step)
    if "took" in step:
        _within(time.monotonic() - began, *step["took"], "the step took")


def _within(seconds: float, low: float, high: float, what: str) -> None:
    if not low <= seconds <= high:
        raise Failure(f"{what} {seconds:.2f} s, expected {low:g} to {high:g} s")


def _repeat(run: Run, step: Step) -> None:
    for number in range(1, substitute(step["repeat"], run.variables) + 1):
        run.variables["i"] = number
        for inner in step["steps"]:
            perform(run, inner)


# Bytes and frames


def _on(run: Run, step: Step, method: str = "") -> Connection:
    return run.connection(step.get("on", MAIN), step.get("caller"), method)


def _connect(run: Run, step: Step) -> None:
    name = step.get("on", MAIN)
    connection = run.connect(
        name, run.caller(name, step.get("caller")), step.get("resumes", ""))
    match(step["connect"] or {}, connection.hello, run.variables)
    if "server-certificate" in step:
        run.variables[step["server-certificate"]] = connection.transport.server_certificate()
    if "hello" in step:
        say_hello(connection, **step["hello"])


def _send(run: Run, step: Step) -> None:
    """Several frames go out as one piece, so that only the variant cuts them."""
    listed = step["send"] if isinstance(step["send"], list) else [step["send"]]
    built = [fill(frames.Frame(), frame) for frame in listed]
    _on(run, step).send(b"".join(encode(frame) for frame in built))


def _send_hex(run: Run, step: Step) -> None:
    _on(run, step).send(assemble(step["send-hex"]))


def _send_frame(run: Run, step: Step) -> None:
    _on(run, step).send(with_length(assemble(step["send-frame"])))


def _send_until_stuck(run: Run, step: Step) -> None:
    taken = _on(run, step).send_until_stuck(
        assemble(step["send-until-stuck"]), step["at-most"], seconds=3)
    if taken >= step["at-most"]:
        raise Failure(f"P7.9: the server took {taken} bytes while nobody read its answers")


def _expect_frame(run: Run, step: Step) -> None:
    connection = _on(run, step)
    patterns = step["expect-frame"]
    for pattern in patterns if isinstance(patterns, list) else [patterns]:
        _match_frame(run, pattern, connection.next(step.get("within", ANSWER_SECONDS_MAX)))


def _match_frame(run: Run, pattern: Any, frame: Any) -> None:
    try:
        match(pattern, frame, run.variables)
    except Failure as difference:
        raise Failure(f"{difference}, in {show(frame)}") from None


def _expect_any_order(run: Run, step: Step) -> None:
    """As many frames as there are patterns; each fits one that no other has taken."""
    connection, left = _on(run, step), list(step["expect-any-order"])
    while left:
        frame = connection.next()
        fitting = next((pattern for pattern in left if _fits(run, pattern, frame)), None)
        if fitting is None:
            raise Failure(f"{show(frame)} is none of {left}")
        left.remove(fitting)


def _fits(run: Run, pattern: Any, frame: Any) -> bool:
    try:
        match(pattern, frame, run.variables)
    except Failure:
        return False
    return True


def _expect_nothing(run: Run, step: Step) -> None:
    _on(run, step).expect_nothing(step["expect-nothing"])


def _expect_close(run: Run, step: Step) -> None:
    """GoAway and then the end; with `silently`, the end alone."""
    connection, go_away = _on(run, step), step["expect-close"]
    within = step.get("before", ANSWER_SECONDS_MAX) + 5
    if go_away != "silently":
        pattern = {"reason": go_away} if isinstance(go_away, str) else go_away
        _match_frame(run, {"go_away": pattern}, connection.next(within))
    said = time.monotonic() - connection.opened
    connection.expect_end(within)
    if "after" in step or "before" in step:
        _within(said, step.get("after", 0), step.get("before", 1e9), "the end came after")


def _ping(run: Run, step: Step) -> None:
    """The Pong must be the very next frame."""
    connection = _on(run, step)
    connection.send_frame(frames.Frame(ping=frames.Ping(token=step["ping"])))
    _match_frame(run, {"pong": {"token": step["ping"]}}, connection.next())


# Calls


def _request(step: Step, word: str) -> Any:
    """The message of a step's method, filled."""
    method = METHODS.get(step[word])
    if method is None:
        raise BadCase(f"no method {step[word]}; there are {', '.join(METHODS)}")
    return fill(method.request(), step.get("with") or {})


def _begin(run: Run, step: Step, word: str) -> list[Started]:
    """Sends the call, or as many as `times` says in one piece."""
    connection = _on(run, step, step[word])
    key = step.get("key", b"")
    request = frames.Request(
        method=METHODS[step[word]].name, body=_request(step, word).SerializeToString(),
        timeout_ms=step.get("timeout_ms", run.timeout_ms),
        trace_context=step.get("trace_context", ""),
        idempotency_key=key.encode() if isinstance(key, str) else assemble(key))
    began, piece = [], b""
    first = connection.last_call_id + 1
    for call_id in range(first, first + step.get("times", 1)):
        request.call_id = call_id
        piece += encode(frames.Frame(request=request))
        began.append(Started(connection, call_id, step[word]))
    connection.send(piece)
    return began


def _finish(started: Started) -> Any:
    def is_answer(frame: Any) -> bool:
        return frame.WhichOneof("kind") == "response" and (
            frame.response.call_id == started.call_id)

    return started.connection.first(is_answer).response


def _call(run: Run, step: Step) -> None:
    if run.command_line:
        response = _call_by_command_line(run, run.command_line, step)
    else:
        started = _begin(run, step, "call")[0]
        response = _finish(started)
        if "save-answer" in step:
            answer = started.connection.answers[started.call_id]
            run.variables[step["save-answer"]] = without_call_id(answer)
    _judge(run, step["call"], step, response)


def _call_by_command_line(run: Run, command_line: CommandLine, step: Step) -> Any:
    method = METHODS[step["call"]]
    caller = run.caller(MAIN, step.get("caller"), step["call"])
    profile = run.profile(caller) if run.server.is_tls else None
    return command_line.call(
        run.server.address, profile, method, _request(step, "call"), run.trace)


def _wait_for(run: Run, step: Step) -> None:
    """Makes a call again and again until its reply is as expected."""
    end = time.monotonic() + _SETTLED_SECONDS_MAX
    while True:
        response = _finish(_begin(run, step, "wait-for")[0])
        try:
            _judge(run, step["wait-for"], step, response)
            return
        except Failure:
            if time.monotonic() > end:
                raise


def _start(run: Run, step: Step) -> None:
    run.started.setdefault(step["as"], []).extend(_begin(run, step, "start"))


def _unanswered(run: Run, step: Step) -> None:
    """How many of them have no answer among the frames that came so far."""
    started = run.started[step["unanswered"]]
    left = sum(not one.connection.has_answer(one.call_id) for one in started)
    _bounded(left, _bounds(step), f"calls without an answer, of {len(started)}")


def _answer(run: Run, step: Step) -> None:
    for started in _taken(run, step["answer"]):
        _judge(run, started.method, step, _finish(started))


def _answers(run: Run, step: Step) -> None:
    """How many calls had which outcome."""
    outcomes = Counter(
        _finish(started).reason or "OK" for started in _taken(run, step["answers"]))
    for outcome, wanted in step["are"].items():
        _bounded(outcomes.pop(outcome, 0), wanted, f"answers {outcome}")
    if outcomes:
        raise Failure(f"answers that were not expected: {dict(outcomes)}")


def _answers_alike(run: Run, step: Step) -> None:
    """Of each of these, so many answers at least have the reason, and all with it are the same bytes."""
    seen: set[bytes] = set()
    for name in step["answers-alike"]:
        found = 0
        for started in _taken(run, name):
            if _finish(started).reason == step["when"]:
                found += 1
                seen.add(without_call_id(started.connection.answers[started.call_id]))
        if found < step["at-least"]:
            raise Failure(f"of {name} {found} were {step['when']}")
    if len(seen) > 1:
        raise Failure(f"these should be the same: {[answer.hex(' ') for answer in seen]}")


def _taken(run: Run, name: str) -> list[Started]:
    if name not in run.started:
        raise BadCase(f"no call was started as {name}")
    return run.started.pop(name)


def _judge(run: Run, method: str, step: Step, response: Any) -> None:
    refused = step.get("refused")
    if refused is not None:
        _judge_refusal(run, refused, response)
        return
    if response.status != frames.STATUS_CODE_OK:
        raise Failure(f"{method} was refused: {response.reason}: {response.message}")
    expected = step.get("expect", "OK")
    if expected != "OK":
        match(expected, METHODS[method].reply.FromString(response.body), run.variables)


def _judge_refusal(run: Run, refused: Any, response: Any) -> None:
    """`REASON`, `REASON field`, or a pattern of the Response."""
    if isinstance(refused, str):
        reason, _, field = refused.partition(" ")
        refused = {"reason": reason, "status": REASONS[reason].status}
        if field:
            refused["details"] = {"any": {"field": field}}
    match(refused, response, run.variables)


# People and their letters


def _account(run: Run, step: Step) -> None:
    """Opens an account and, unless it is to stay pending, activates it as its owner would."""
    name = step["account"]
    _person(run, {"person": name})
    if "password" in step:
        run.variables[f"{name}.password"] = step["password"]
    person = {key: f"${{{name}.{key}}}" for key in ("identifier", "name", "mail", "mobile")}
    language, on = step.get("language", "FRENCH"), step.get("on", MAIN)
    perform(run, {
        "call": "CreateAccount", "on": on, "with": {**person, "language": language},
        "expect": {"id": {"save": f"{name}.id"}, "version": {"save": f"{name}.version"}}})
    perform(run, {"letter": "mail", "to": name, "save": {"link": f"{name}.link"}})
    perform(run, {"letter": "sms", "to": name, "save": {"code": f"{name}.code"}})
    if not step.get("pending"):
        password = f"${{{name}.password}}"
        perform(run, {"call": "Activate", "on": on, "with": {
            "link": f"${{{name}.link}}", "code": f"${{{name}.code}}",
            "password": password, "confirmation": password}})


def _person(run: Run, step: Step) -> None:
    run.draw_person(step["person"])


_ADDRESSES = {"mail": "mail", "sms": "mobile"}


def _letter(run: Run, step: Step) -> None:
    """The next letter to somebody that no step has taken; with save, one that holds that."""
    by, saved = step["letter"], step.get("save") or {}
    what = next(iter(saved), "text")
    address = run.variables[f"{step['to']}.{_ADDRESSES[by]}"]
    letter = run.owned().letters.wait(address, by, what, run.letters_taken)
    run.letters_taken.add(letter.file)
    run.trace.append(f"{by} to {address}: {' '.join(letter.text.split())[:300]}")
    for part, variable in saved.items():
        run.variables[variable] = getattr(letter, part)
    if "matches" in step and not re.search(step["matches"], letter.text):
        raise Failure(f"the {by} does not say {step['matches']}: {letter.text}")
    if "lacks" in step and re.search(step["lacks"], letter.text):
        raise Failure(f"the {by} says {step['lacks']}: {letter.text}")


def _letters(run: Run, step: Step) -> None:
    """How many came in all, once none is waiting to be sent."""
    name = step["letters"]
    _wait_until_sent(run, run.variables[f"{name}.id"], step.get("on", MAIN))
    letters = run.owned().letters
    for word, by in (("mails", "mail"), ("texts", "sms")):
        came = letters.to(run.variables[f"{name}.{_ADDRESSES[by]}"], by)
        if word in step:
            _bounded(len(came), step[word], f"{word} to {name}")


def _wait_until_sent(run: Run, account_id: str, on: str) -> None:
    waiting = {"letters": {"not": {"any": {"account_id": account_id}}}}
    _wait_for(
        run, {"wait-for": "ListLetters", "on": on, "with": {"limit": 1000}, "expect": waiting})


# The server


def _stop_server(run: Run, _: Step) -> None:
    run.trace.append("SIGTERM")
    run.owned().ask_to_stop()


def _kill_server(run: Run, _: Step) -> None:
    run.trace.append("kill -9")
    run.owned().kill()


def _start_server(run: Run, step: Step) -> None:
    """Connections to the one before are gone, so that the next step opens a new one."""
    settings = step.get("with") or {}
    run.owned().start({name: str(value) for name, value in settings.items()})
    run.forget_connections()


def _wait_for_exit(run: Run, step: Step) -> None:
    code = run.owned().wait()
    if code != step["wait-for-exit"]:
        raise Failure(f"the server ended with {code}, not {step['wait-for-exit']}")


def _refuses_to_start(run: Run, step: Step) -> None:
    settings = {name: str(value) for name, value in (step.get("with") or {}).items()}
    code, said = run.owned().refuses_to_start(settings)
    run.trace.append(f"rekeyd with {settings} ended with {code}: {said.strip()}")
    if code != step["refuses-to-start"]:
        raise Failure(f"rekeyd with {settings} ended with {code}: {said}")
    if "says" in step:
        access.says_in_one_line(said, step["says"])


def _advance_clock(run: Run, step: Step) -> None:
    text = str(step["advance-clock"])
    run.trace.append(f"clock + {text}")
    run.owned().advance_clock(milliseconds(text))


def _measure(run: Run, _: Step) -> None:
    run.owned().forget_peak()
    run.measured = (run.owned().memory_mib(), run.owned().processor_seconds())


def _grew_at_most(run: Run, step: Step) -> None:
    memory, seconds = run.measured
    grown = run.owned().memory_mib() - memory
    spent = run.owned().processor_seconds() - seconds
    run.trace.append(f"the server grew by {grown:.1f} MiB and computed {spent:.2f} s")
    if grown > step["grew-at-most"]:
        raise Failure(f"R83: the server grew by {grown:.1f} MiB")
    if spent > step.get("processor-seconds", 1e9):
        raise Failure(f"R84: the server computed {spent:.2f} s")


def _peak(run: Run, step: Step) -> None:
    """The most memory that it held since it was measured, above what it held then."""
    above = round(run.owned().peak_mib() - run.measured[0])
    run.trace.append(f"at its peak the server was {above} MiB larger")
    _bounded(above, _bounds(step), "R86: MiB that the server grew by at its peak")


# Values


def _let(run: Run, step: Step) -> None:
    run.variables |= step["let"]


def _same(run: Run, step: Step) -> None:
    values = [_comparable(value) for value in step["same"]]
    if any(value != values[0] for value in values):
        raise Failure(f"these should be the same: {values}")


def _differ(run: Run, step: Step) -> None:
    values = [_comparable(value) for value in step["differ"]]
    if len(set(values)) != len(values):
        raise Failure(f"these should differ: {values}")


def _ascending(run: Run, step: Step) -> None:
    values = step["ascending"]
    if any(one >= next for one, next in zip(values, values[1:], strict=False)):
        raise Failure(f"these should ascend: {values}")


def _comparable(value: Any) -> Any:
    """Bytes are compared with text where they are text."""
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex(" ")


def _number(run: Run, step: Step) -> None:
    """A difference of two, [a, b] for a − b, or one."""
    value = step["number"]
    if isinstance(value, list):
        value = value[0] - value[1]
    _bounded(value, _bounds(step), "number")


def _bounds(step: Step) -> dict[str, int]:
    return {key: step[key] for key in ("at-least", "at-most") if key in step}


def _bounded(actual: int, wanted: Any, what: str) -> None:
    bounds = wanted if isinstance(wanted, dict) else {"at-least": wanted, "at-most": wanted}
    if not bounds.get("at-least", actual) <= actual <= bounds.get("at-most", actual):
        raise Failure(f"{what}: {actual}, expected {wanted}")


_ACTIONS: dict[str, Callable[[Run, Step], None]] = {
    "connect": _connect,
    "send": _send,
    "send-hex": _send_hex,
    "send-frame": _send_frame,
    "send-until-stuck": _send_until_stuck,
    "expect-frame": _expect_frame,
    "expect-any-order": _expect_any_order,
    "expect-nothing": _expect_nothing,
    "expect-close": _expect_close,
    "ping": _ping,
    "half-close": lambda run, step: _on(run, step).half_close(),
    "close": lambda run, step: _on(run, step).close(),
    "reset": lambda run, step: _on(run, step).reset(),
    "call": _call,
    "wait-for": _wait_for,
    "start": _start,
    "answer": _answer,
    "answers": _answers,
    "answers-alike": _answers_alike,
    "unanswered": _unanswered,
    "account": _account,
    "person": _person,
    "letter": _letter,
    "letters": _letters,
    "courier": lambda run, step: courier.courier(run, step, perform),
    "stop-server": _stop_server,
    "kill-server": _kill_server,
    "start-server": _start_server,
    "wait-for-exit": _wait_for_exit,
    "refuses-to-start": _refuses_to_start,
    "advance-clock": _advance_clock,
    "measure": _measure,
    "grew-at-most": _grew_at_most,
    "peak": _peak,
    "handshake-fails": access.handshake_fails,
    "tcp": access.tcp,
    "tcp-trickles": access.tcp_trickles,
    "tcp-closes": access.tcp_closes,
    "tcp-ends": access.tcp_ends,
    "certificate": access.certificate,
    "file": access.file,
    "callers": access.callers,
    "rekeyd": access.rekeyd,
    "reload": lambda run, _: run.owned().reload(),
    "log": access.log,
    "rekey": access.rekey,
    "let": _let,
    "same": _same,
    "differ": _differ,
    "ascending": _ascending,
    "described": lambda run, step: described.compare(**step["described"]),
    "number": _number,
}
