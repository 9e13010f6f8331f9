"""Runs all tests, from the folder above: python3 -m tests. The last line counts them."""

import sys
import unittest

suite = unittest.defaultTestLoader.discover("tests", top_level_dir=".")
result = unittest.TextTestRunner().run(suite)
for skipped, why in result.skipped:
    print(f"skipped: {skipped.id()}: {why}")
failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
left_out = len(result.skipped) + len(result.expectedFailures)
passed = result.testsRun - failed - left_out
print(f"{passed} passed, {failed} failed, {left_out} skipped", flush=True)
sys.exit(1 if failed or not passed else 0)
