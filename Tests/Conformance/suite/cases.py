"""The cases as the files in Tests/Conformance/cases hold them, checked before any of them runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .failure import BadCase
from .protocol import RULES
from .roles import Role, able
from .words import WORDS

FOLDER = Path(__file__).resolve().parents[1] / "cases"
# What a case can need beyond a server that listens, and whether that means a server of its own.
NEEDS = {
    "letters": False,    # its mails and SMS can be read
    "restart": True,     # it can be killed, stopped and started
    "memory": True,      # its process can be measured
    "slow-hash": True,   # one password is hashed at a time, so that calls can be made to wait
    "fresh-store": True, # nobody else has an account there
    "few-files": True,   # its process may have 100 files open, so that it runs out of connections
    "clock": True,       # a build for tests whose clock can be moved
    "tls": False,        # it speaks TLS …
    "plaintext": False,  # … or it does not
    "authority": False,  # it speaks TLS, and certificates can be made that its authority signs
    "access": True,      # … and its files of certificates, callers and revocations can be changed
    "patience": False,   # minutes; only with --long
}
TLS_NEEDS = frozenset({"tls", "authority", "access"})
_KEYS = {"id", "title", "rules", "requirements", "needs", "settings", "waits", "steps"}


@dataclass(frozen=True, eq=False)
class Case:
    """One thing that a server must do."""

    id: str
    title: str
    chapter: str
    rules: tuple[str, ...]
    requirements: tuple[str, ...]
    needs: frozenset[str]
    # Of a server of its own, by the names of its flags.
    settings: dict[str, str]
    # Seconds of real time that it takes: the longest begin first.
    waits: float
    steps: tuple[dict[str, Any], ...]

    @property
    def needs_own_server(self) -> bool:
        return bool(self.settings) or any(NEEDS[need] for need in self.needs)

    @property
    def role(self) -> Role:
        """Who speaks where a step does not say it: whoever may make all calls that are sent as frames,
        and of those who may make the most of the others."""
        steps = [step for step in _all_steps(self.steps) if "caller" not in step]
        roles = able(_methods_sent(steps)) or list(Role)
        for word in ("start", "call", "wait-for"):
            roles = able({str(step[word]) for step in steps if word in step}, roles) or roles
        return roles[0]

    @property
    def speaks_wire(self) -> bool:
        """Whether a step is about bytes and frames: then how they are cut is varied."""
        return any(WORDS[word].on_wire for word in _words(self.steps))

    @property
    def uses_command_line(self) -> bool:
        return "rekey" in _words(self.steps)

    @property
    def speaks_calls_only(self) -> bool:
        """Whether the command line can do all of it."""
        return not any(
            WORDS[word].on_wire or WORDS[word].no_command_line or WORDS[word].wire_only & set(step)
            for step in _all_steps(self.steps)
            for word in step
            if word in WORDS
        )


class _Loader(yaml.SafeLoader):
    """YAML in which only true and false are booleans, so that `on` is a word like any other."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def load(folder: Path = FOLDER) -> list[Case]:
    """Every case of every file, in the order of the chapters' names."""
    cases = [case for file in sorted(folder.glob("*.yaml")) for case in _chapter(file)]
    ids = [case.id for case in cases]
    twice = {id for id in ids if ids.count(id) > 1}
    if twice:
        raise BadCase(f"ids that stand twice: {sorted(twice)}")
    return cases


def _chapter(file: Path) -> list[Case]:
    try:
        listed = yaml.load(file.read_text(), _Loader)
    except yaml.YAMLError as fault:
        raise BadCase(f"{file.name}: {fault}") from fault
    if not isinstance(listed, list):
        raise BadCase(f"{file.name} is no list of cases")
    return [_case(entry, file.stem) for entry in listed]


def _case(entry: dict[str, Any], chapter: str) -> Case:
    where = f"{chapter}: {entry.get('id', entry)}"
    _demand(set(entry) <= _KEYS, f"{where}: no such key: {sorted(set(entry) - _KEYS)}")
    _demand({"id", "title", "steps"} <= set(entry), f"{where}: needs id, title and steps")
    rules, requirements = entry.get("rules", []), entry.get("requirements", [])
    _demand(bool(rules or requirements), f"{where}: proves nothing")
    _demand(set(rules) <= set(RULES), f"{where}: PROTOCOL.md has no {set(rules) - set(RULES)}")
    _demand(all(re.fullmatch(r"R\d\d", name) for name in requirements), f"{where}: {requirements}")
    needs = set(entry.get("needs", []))
    _demand(needs <= set(NEEDS), f"{where}: no such need: {sorted(needs - set(NEEDS))}")
    _demand(not needs & TLS_NEEDS or "plaintext" not in needs, f"{where}: TLS without TLS")
    for step in _all_steps(entry["steps"]):
        _check_step(step, where)
        _demand(
            not WORDS[_word(step)].needs or bool(WORDS[_word(step)].needs & needs),
            f"{where}: {_word(step)} needs one of {sorted(WORDS[_word(step)].needs)}")
    return Case(
        id=entry["id"], title=entry["title"], chapter=chapter, rules=tuple(rules),
        requirements=tuple(requirements), needs=frozenset(needs),
        settings={name: str(value) for name, value in entry.get("settings", {}).items()},
        waits=float(entry.get("waits", 0)), steps=tuple(entry["steps"]))


def _check_step(step: Any, where: str) -> None:
    _demand(isinstance(step, dict), f"{where}: a step is a mapping, not {step!r}")
    words = [key for key in step if key in WORDS]
    _demand(len(words) == 1, f"{where}: one word a step: {step}")
    others = set(step) - {words[0]} - WORDS[words[0]].modifiers - {"took"}
    _demand(not others, f"{where}: {words[0]} takes no {sorted(others)}")


def _all_steps(steps: Any) -> list[dict[str, Any]]:
    """Those within a repeat too."""
    found = []
    for step in steps:
        found.append(step)
        if isinstance(step, dict) and "repeat" in step:
            found += _all_steps(step["steps"])
    return found


def _methods_sent(steps: list[dict[str, Any]]) -> set[str]:
    """Those of the Requests among frames."""
    found = set()
    for step in steps:
        frames = step.get("send", [])
        for frame in frames if isinstance(frames, list) else [frames]:
            if "request" in frame:
                found.add(str(frame["request"].get("method", "")))
    return found


def _words(steps: Any) -> set[str]:
    return {_word(step) for step in _all_steps(steps)}


def _word(step: dict[str, Any]) -> str:
    return next(key for key in step if key in WORDS)


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BadCase(otherwise)
