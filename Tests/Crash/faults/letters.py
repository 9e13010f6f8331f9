"""Links and codes, read from where an installation's couriers put them. Ledger.py comes in."""

import threading

from holder import View
from installation import Installation


class Letters:
    """Links and codes by the address they went to."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.links: dict[str, bytes] = {}
        self.codes: dict[str, bytes] = {}
        self.seen: set[str] = set()
        self.lock = threading.Lock()

    def read(self) -> None:
        """Takes in what came since."""
        with self.lock:
            for letter in self.installation.mails(self.seen):
                self.seen.add(letter.file)
                if letter.link:
                    self.links[letter.to] = letter.link.encode()
            for letter in self.installation.texts(self.seen):
                self.seen.add(letter.file)
                if letter.code:
                    self.codes[letter.to] = letter.code.encode()

    def pair(self, view: View) -> tuple[bytes, bytes] | None:
        """What this person holds in their hands."""
        if view.mail not in self.links or view.mobile not in self.codes:
            self.read()
        link, code = self.links.get(view.mail), self.codes.get(view.mobile)
        return (link, code) if link and code else None
