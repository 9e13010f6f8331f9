// The first half of the oracle, the same for a journal and for a store: how an opening may end.
import RekeyJournal
import RekeySimulation

enum Opening {
    /// What was opened, or nil when it was refused as it should be: with an error that says that the
    /// disk is to blame, and nothing on it changed.
    static func attempt<Opened>(
        _ disk: SimulatedDisk, _ open: () throws(JournalError) -> Opened
    ) -> Opened? {
        let before = disk.contents
        do {
            return try open()
        } catch {
            guard error.code == .corrupt || error.code == .replayRefused else {
                broken("an opening throws .corrupt or .replayRefused, not \(error.code): \(error)")
            }
            guard disk.contents == before else {
                broken("an opening that is refused changes nothing: \(error)")
            }
            return nil
        }
    }

    /// The same where there is nothing to refuse.
    static func again<Opened>(_ open: () throws(JournalError) -> Opened) -> Opened {
        do {
            return try open()
        } catch {
            broken("what was opened and closed opens again: \(error)")
        }
    }

    /// For a step that cannot fail on a disk that never does.
    static func must<Result>(
        _ what: String, _ body: () throws(JournalError) -> Result
    ) -> Result {
        do {
            return try body()
        } catch {
            broken("\(what): \(error)")
        }
    }
}
