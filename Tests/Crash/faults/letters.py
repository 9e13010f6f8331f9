"""Links and codes, read from where an installation's couriers put them. Ledger.py comes in."""

import threading

from holder import View
from installation import Installation


class Letters:
    """Links and codes by the address they went to."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        # With when they were queued: what was queued in one step belongs together.
        self.links: dict[str, tuple[int, bytes]] = {}
        self.codes: dict[str, tuple[int, bytes]] = {}
        self.cancels: dict[str, bytes] = {}
        self.seen: set[str] = set()
        self.lock = threading.Lock()

    def read(self) -> None:
        """Takes in what came since."""
        with self.lock:
            for letter in self.installation.mails(self.seen):
                self.seen.add(letter.file)
                if letter.link:
                    self.links[letter.to] = (letter.queued_ms, letter.link.encode())
                if letter.cancel:
                    self.cancels[letter.to] = letter.cancel.encode()
            for letter in self.installation.texts(self.seen):
                self.seen.add(letter.file)
                if letter.code:
                    self.codes[letter.to] = (letter.queued_ms, letter.code.encode())

    def pair(self, view: View, used: set[bytes]) -> tuple[bytes, bytes] | None:
        """What this person holds in their hands and has not used yet."""
        self.read()
        link, code = self.links.get(view.mail), self.codes.get(view.mobile)
        if not link or not code or link[0] != code[0] or link[1] in used:
            return None
        return link[1], code[1]

    def cancel(self, mail: str, used: set[bytes]) -> bytes | None:
        """The link at this address that takes a change of contacts back, if it is unused."""
        self.read()
        link = self.cancels.get(mail)
        return None if link in used else link
