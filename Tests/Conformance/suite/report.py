"""What came of a whole run: a line a case, a matrix at the end, and JUnit's XML where it is asked for."""

from __future__ import annotations

import xml.etree.ElementTree as xml
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from .cases import Case
from .protocol import RULES

# They bind clients: what a server does cannot show that they are kept.
CLIENT_RULES = frozenset({"P5.4", "P6.7", "P10.10"})
PASSED, FAILED, SKIPPED = "passed", "FAILED", "skipped"


@dataclass(frozen=True)
class Result:
    """Of one case in one variant. `why` explains a failure or a skip."""

    case: Case
    variant: str
    outcome: str
    seconds: float
    why: str = ""


def line(result: Result) -> str:
    return (
        f"{result.outcome:8} {result.case.id:44} {result.variant:9} {result.seconds:6.2f} s"
        + (f"  {result.why}" if result.outcome == SKIPPED else ""))


def matrix(results: list[Result], is_whole: bool) -> str:
    """Chapters with their counts; rules and requirements with the number of cases that prove them.
    Only a whole run can say which rules nothing proves."""
    chapters: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        chapters[result.case.chapter][result.outcome] += 1
    lines = [f"{'chapter':14} {PASSED:>7} {'failed':>7} {SKIPPED:>7}"]
    for chapter, counts in chapters.items():
        lines.append(
            f"{chapter:14} {counts[PASSED]:7} {counts[FAILED]:7} {counts[SKIPPED]:7}")
    proving = _cases_that_passed(results)
    rules = Counter(rule for case in proving for rule in case.rules)
    requirements = Counter(name for case in proving for name in case.requirements)
    lines += [
        "", "rules proved, with how many cases: " + _counted(rules, RULES),
        "requirements proved, with how many cases: " + _counted(requirements, sorted(requirements)),
    ]  # fmt: skip
    if is_whole:
        unproved = [rule for rule in RULES if not rules[rule] and rule not in CLIENT_RULES]
        lines += [
            "rules for clients alone: " + " ".join(rule for rule in RULES if rule in CLIENT_RULES),
            "rules of PROTOCOL.md that no case proved: " + (" ".join(unproved) or "none"),
        ]  # fmt: skip
    return "\n".join(lines)


def failures(results: list[Result]) -> str:
    """Those that failed, each with the step; how it came to that was printed when it did."""
    return "\n".join(
        f"{line(result)}\n    {_first_line(result.why)}"
        for result in results if result.outcome == FAILED)


def _cases_that_passed(results: list[Result]) -> list[Case]:
    """Those that ran and failed in no variant."""
    outcomes: dict[str, set[str]] = defaultdict(set)
    for result in results:
        outcomes[result.case.id].add(result.outcome)
    cases = {result.case.id: result.case for result in results}
    return [cases[id] for id, seen in outcomes.items() if PASSED in seen and FAILED not in seen]


def _counted(counts: Counter[str], names: list[str]) -> str:
    return " ".join(f"{name}:{counts[name]}" for name in names if counts[name]) or "none"


def write_junit(results: list[Result], file: Path) -> None:
    suite = xml.Element(
        "testsuite", name="conformance", tests=str(len(results)),
        failures=str(sum(result.outcome == FAILED for result in results)),
        skipped=str(sum(result.outcome == SKIPPED for result in results)))
    for result in results:
        entry = xml.SubElement(
            suite, "testcase", classname=result.case.chapter,
            name=f"{result.case.id} ({result.variant})", time=f"{result.seconds:.3f}")
        if result.outcome == FAILED:
            failure = xml.SubElement(entry, "failure", message=_first_line(result.why))
            failure.text = _clean(result.why)
        elif result.outcome == SKIPPED:
            xml.SubElement(entry, "skipped", message=result.why)
    xml.ElementTree(suite).write(file, encoding="utf-8", xml_declaration=True)


def _first_line(text: str) -> str:
    return _clean(text.splitlines()[0])


def _clean(text: str) -> str:
    """Without what XML cannot carry."""
    return "".join(c if c in "\t\n" or c.isprintable() else "?" for c in text)
