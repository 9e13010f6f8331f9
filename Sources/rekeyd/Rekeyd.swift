import ArgumentParser
import Glibc

/// The server's executable: makes an installation, serves it, explains its settings.
@main
struct Rekeyd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekeyd",
        abstract: "Gives people their account back, and nobody else's.",
        discussion: """
            Two commands make a server:

              rekeyd init ./rekey
              rekeyd serve --config ./rekey/rekeyd.json

            'rekeyd config' explains every setting.

            Exit codes: 0 done · 64 wrong use · 65 damaged data · 69 cannot listen · \
            70 anything else · 73 cannot create · 74 the disk failed · 75 held by another process · \
            78 wrong setting, key ring or version
            """,
        subcommands: [
            InitCommand.self, ServeCommand.self, CertCommand.self, KeysCommand.self,
            CalibrateCommand.self, ConfigCommand.self, JournalCommand.self,
        ])

    static func main() async {
        occupyStandardStreams()
        do {
            var command = try parseAsRoot(helpFor(CommandLine.arguments))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            LogSink.standardError.flush()
        } catch let failure as Failure {
            failure.exit()
        } catch {
            exit(withError: error)
        }
    }

    /// A stream that was handed over closed becomes /dev/null: otherwise the next file that is opened
    /// would take its number, and log lines would go into the store.
    private static func occupyStandardStreams() {
        for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) == -1 {
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// `rekeyd help config` is what people type.
    private static func helpFor(_ arguments: [String]) -> [String] {
        let arguments = Array(arguments.dropFirst())
        return arguments == ["help", "config"] ? ["config"] : arguments
    }
}
