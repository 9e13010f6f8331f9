"""The types: of the package, of these tests and of the example, as strict as mypy can be."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]


class TypeTests(unittest.TestCase):
    def setUp(self) -> None:
        if importlib.util.find_spec("mypy") is None:
            self.skipTest("mypy is not installed")

    def check(self, *what: str) -> str:
        run = subprocess.run(
            [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context", *what],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            check=False,
        )
        return run.stdout + run.stderr

    def test_the_package_its_tests_and_the_example(self) -> None:
        self.assertEqual(self.check("-p", "rekey", "-p", "tests"), "")
        self.assertEqual(self.check("examples/portal.py"), "")

    def test_a_user_is_told_of_mistakes(self) -> None:
        told = self.check(
            "-c",
            "import rekey\n"
            "client = rekey.Client('127.0.0.1:1')\n"
            "client.login('C-1', 'x', idempotency_key=b'')\n"
            "client.validate_link('x').masked_mail.real\n"
            "client.activate('link')\n"
            "reveal_type(client.operator.get_account('C-1').created_at)\n",
        )
        for expected in (
            'Unexpected keyword argument "idempotency_key"',
            '"str" has no attribute "real"',
            'Missing positional arguments "code", "password", "confirmation"',
            'Revealed type is "datetime.datetime"',
        ):
            self.assertIn(expected, told)


if __name__ == "__main__":
    unittest.main()
