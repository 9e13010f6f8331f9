"""Sums up test results: the slowest ten, then 'N passed, N failed, N skipped'.

usage: summary.py STATUS FILE...    STATUS is the test run's exit code, FILE a JUnit XML file
"""

import sys
import xml.etree.ElementTree as ElementTree


def main(status: int, files: list[str]) -> int:
    tests = []
    for file in files:
        for case in ElementTree.parse(file).iter("testcase"):
            name = f"{case.get('classname', '')} · {case.get('name', '')}"
            failed = case.find("failure") is not None or case.find("error") is not None
            skipped = case.find("skipped") is not None
            tests.append((float(case.get("time") or 0), name, failed, skipped))

    print("The slowest ten:")
    for seconds, name, _, _ in sorted(tests, reverse=True)[:10]:
        print(f"  {seconds:7.2f} s  {name}")
    for _, name, failed, _ in tests:
        if failed:
            print(f"FAILED  {name}")

    failures = sum(failed for _, _, failed, _ in tests)
    skips = sum(skipped for _, _, _, skipped in tests)
    if status != 0 and failures == 0:
        print(f"the test run itself failed with exit code {status}")
        failures = 1
    passes = max(0, len(tests) - failures - skips)
    if passes == 0:
        failures = max(failures, 1)
    print(f"{passes} passed, {failures} failed, {skips} skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
