"""What a profile is made of, where it is found, which of its faults are said before any call."""

from __future__ import annotations

import os
import ssl
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import rekey
from rekey.profile import Profile
from tests.certificates import Authority, encrypted, write_private, write_profile


class FindingTests(unittest.TestCase):
    def test_the_first_that_is_named_is_the_profile(self) -> None:
        around = {"REKEY_PROFILE": "/a", "XDG_CONFIG_HOME": "/b", "HOME": "/c"}
        for name, folder in (
            ("REKEY_PROFILE", "/a"),
            ("XDG_CONFIG_HOME", "/b/rekey"),
            ("HOME", "/c/.config/rekey"),
        ):
            self.assertEqual(Profile.find(around).folder, Path(folder))
            around[name] = "not/absolute" if name == "XDG_CONFIG_HOME" else ""
        with self.assertRaisesRegex(rekey.ProfileError, "REKEY_PROFILE"):
            Profile.find(around)


class FileTests(unittest.TestCase):
    def setUp(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="rekey-profile-")
        self.addCleanup(self._home.cleanup)
        home = Path(self._home.name)
        authority = Authority(home / "ca")
        self.key = authority.caller()
        self.folder = home / "portal"
        write_profile(self.folder, authority.certificate, self.key, "127.0.0.1:1", "[::1]:2")
        self.identity = self.folder / "identity.pem"

    def assert_refused(self, *said: str) -> None:
        for make in (rekey.Client, rekey.aio.Client):
            with self.assertRaises(rekey.ProfileError) as caught:
                make(profile=self.folder)
            self.assertIsInstance(caught.exception, ValueError)
            for text in said:
                self.assertIn(text, str(caught.exception))

    def test_servers_stand_on_a_line_each(self) -> None:
        self.assertEqual(Profile(self.folder).servers(), ["127.0.0.1:1", "[::1]:2"])
        rekey.Client(profile=str(self.folder)).close()

    def test_r49_an_identity_that_others_can_read_is_refused(self) -> None:
        for mode in (0o640, 0o604, 0o620, 0o602, 0o610, 0o601):
            self.identity.chmod(mode)
            with self.subTest(oct(mode)):
                self.assert_refused(str(self.identity), f"chmod 600 {self.identity}")
        for mode in (0o600, 0o400):
            self.identity.chmod(mode)
            rekey.Client(profile=self.folder).close()

    def test_each_file_must_be_there_and_be_one(self) -> None:
        for name in ("server", "ca.pem", "identity.pem"):
            path = self.folder / name
            before = path.read_bytes()
            path.unlink()
            with self.subTest(name):
                self.assert_refused(str(path), "No such file")
                for bad in (b"", b"\xff\x00nonsense"):
                    write_private(path, bad)
                    self.assert_refused(str(path))
            write_private(path, before)
        rekey.Client(profile=self.folder).close()

    def test_a_profile_that_is_not_there(self) -> None:
        self.folder = self.folder / "nowhere"
        self.assert_refused(str(self.folder), "No such file")

    def test_a_key_that_is_not_the_certificates_is_refused(self) -> None:
        other = Authority(self.folder / "other").caller()
        certificate = self.key.with_suffix(".crt").read_bytes()
        write_private(self.identity, other.with_suffix(".key").read_bytes() + certificate)
        self.assert_refused(str(self.identity), "mismatch")

    def test_an_encrypted_key_is_refused_and_nobody_is_asked(self) -> None:
        encrypted(self.key, self.identity)
        with open(self.identity, "ab") as file:
            file.write(self.key.with_suffix(".crt").read_bytes())
        self.assert_refused(str(self.identity), "encrypted")

    def test_a_bad_server_is_found_out_at_once(self) -> None:
        (self.folder / "server").write_text("rekey.example\n")
        with self.assertRaisesRegex(ValueError, "rekey.example"):
            rekey.Client(profile=self.folder)

    def test_arguments_go_before_the_environment_and_that_before_the_profile(self) -> None:
        def asked(*servers: str) -> str:
            with self.assertRaises(rekey.Unavailable) as caught:
                with rekey.Client(*servers, timeout=1) as client:
                    client.health()
            return str(caught.exception)

        # Nobody listens on any of these.
        with mock.patch.dict(os.environ, {"REKEY_PROFILE": str(self.folder)}):
            os.environ.pop("REKEY_SERVER", None)
            self.assertRegex(asked(), r"127\.0\.0\.1:1: .*\[::1\]:2: ")
            os.environ["REKEY_SERVER"] = "127.0.0.1:3, 127.0.0.1:4"
            self.assertRegex(asked(), r"\(127\.0\.0\.1:3: .*127\.0\.0\.1:4: ")
            self.assertRegex(asked("127.0.0.1:5"), r"\(127\.0\.0\.1:5: [^:]*: [^:]*\)$")

    def test_r74_plaintext_takes_no_profile_and_is_asked_for_by_name(self) -> None:
        with self.assertRaisesRegex(ValueError, "plaintext_on_loopback"):
            rekey.Client("127.0.0.1:1", profile=self.folder, plaintext_on_loopback=True)
        with mock.patch.dict(os.environ, {"REKEY_PROFILE": str(self.folder / "nowhere")}):
            with self.assertRaises(rekey.ProfileError):
                rekey.Client("127.0.0.1:1")

    def test_r77_r74_what_a_context_demands(self) -> None:
        context = Profile(self.folder).tls_context()
        self.assertEqual(context.minimum_version, ssl.TLSVersion.TLSv1_3)
        self.assertEqual(context.verify_mode, ssl.CERT_REQUIRED)
        self.assertTrue(context.check_hostname)
        self.assertFalse(context.hostname_checks_common_name)
        self.assertEqual(len(context.get_ca_certs()), 1, "the machine's own CAs are not believed")


if __name__ == "__main__":
    unittest.main()
