import ArgumentParser
import Glibc
import RekeyJournal
import RekeyStore
import RekeyWire

/// `rekeyd journal dump`: what is in a store, as lines of JSON.
struct JournalDumpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Print a store's batches and records as lines of JSON.",
        discussion: """
            A line for each batch, then one for each of its records, with the message of \
            records.proto in it: bytes in hexadecimal digits, times in milliseconds since 1970. A \
            damage is a line too, and what can be read behind it follows; the exit code is then 65.

            Mind where it goes: it holds personal data (names, mail addresses, mobile numbers) and \
            password hashes. No link, code or session can be made from it.
            """)

    @OptionGroup var location: JournalLocation

    @Option(help: "The first batch, by its sequence.")
    var from: UInt64?

    @Option(help: "The last batch, by its sequence.")
    var to: UInt64?

    @Flag(help: "The checkpoints in place of the log.")
    var checkpoint = false

    func validate() throws {
        if checkpoint, from != nil || to != nil {
            throw ValidationError("--from and --to are places in the log: not with --checkpoint.")
        }
    }

    func run() async throws {
        let inspection = try await location.inspect()
        var dump = JournalDump(
            sequences: (from ?? 0)...max(from ?? 0, to ?? .max),
            output: LineOutput(descriptor: STDOUT_FILENO))
        do throws(JournalError) {
            if checkpoint {
                try inspection.walkCheckpoints { try dump.add($0) }
            } else {
                try inspection.walkLog { try dump.add($0) }
            }
        } catch {
            switch error.cause {
            case is JournalDump.Done: break
            case let failure as Failure: throw failure
            default: throw Failure(error)
            }
        }
        try dump.end()
    }
}
