"""Sums up a run of Swift Testing: what failed, the slowest ten, what was skipped and why, and last
'N passed, N failed, N skipped', the proofs included.

usage: summary.py STATUS LOG [PROOFS]
STATUS is the exit code of 'swift test', LOG what it printed, PROOFS what Tests/prove printed
"""

import re
import sys

ENDED = re.compile(
    r'^[✔✘] Test (?!run )(?!case )(.+?)(?: with \d+ test cases?)? (passed|failed) after ([\d.]+) seconds'
)
SKIPPED = re.compile(r"^➜ +Test (.+?) skipped(.*)$")
STARTED = re.compile(r"^◇ Test (?!run )(?!case )(.+?) started\.$")


PROOFS = re.compile(r"^proofs: (\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)


def proofs(log: str | None) -> tuple[int, int, int]:
    """Passed, failed and skipped; one failure when they came to no end."""
    if log is None:
        return 0, 0, 0
    with open(log, encoding="utf-8", errors="replace") as file:
        counts = PROOFS.search(file.read())
    return tuple(map(int, counts.groups())) if counts else (0, 1, 0)


def main(status: int, log: str, proofs_log: str | None = None) -> int:
    with open(log, encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    ended = [match.groups() for line in lines if (match := ENDED.match(line))]
    skipped = [match.groups() for line in lines if (match := SKIPPED.match(line))]
    started = [match.group(1) for line in lines if (match := STARTED.match(line))]

    passed = sum(result == "passed" for _, result, _ in ended)
    failed = sum(result == "failed" for _, result, _ in ended)
    if failed or status:
        print("\n".join(line for line in lines if line.startswith(("✘", "↳"))))
    if status and not failed:
        names = {name for name, _, _ in ended}
        running = [name for name in started if name not in names]
        print("\n".join(lines[-60:]))
        print(f"the run ended with exit code {status} in: {', '.join(running) or 'no test'}")
        failed = 1
    if not ended:
        print("no test ran")
        failed = max(failed, 1)

    print("The slowest ten:")
    for name, _, seconds in sorted(ended, key=lambda test: -float(test[2]))[:10]:
        print(f"  {float(seconds):6.2f} s  {name}")
    for name, why in skipped:
        print(f"skipped: {name}{why}")
    proved, broken, left_out = proofs(proofs_log)
    passed, failed = passed + proved, failed + broken
    print(f"{passed} passed, {failed} failed, {len(skipped) + left_out} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:]))
