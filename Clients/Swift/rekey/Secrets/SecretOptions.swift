import ArgumentParser
import RekeyCore

// Where a secret comes from. Each option takes a place, never the secret itself (R79).

struct LinkOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("Read the link from a file, or '-' for a line.", valueName: "file"))
    var linkFile: String?
}

struct CodeOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("Read the code from a file, or '-' for a line.", valueName: "file"))
    var codeFile: String?
}

struct PasswordOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("Read the password from a file, or '-' for a line.", valueName: "file"))
    var passwordFile: String?
}

struct CurrentPasswordOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read the current password from a file, or '-' for a line.", valueName: "file"))
    var currentPasswordFile: String?
}

struct NewPasswordOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read the new password from a file, or '-' for a line.", valueName: "file"))
    var passwordFile: String?

    @Option(
        help: ArgumentHelp(
            "Read the same again from another place. (default: what was read)", valueName: "file"))
    var confirmationFile: String?
}

struct SessionOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Read the session from a file, or '-' for a line. \
            (default: $XDG_STATE_HOME/rekey/session)
            """, valueName: "file"))
    var sessionFile: String?

    func read(_ remote: Remote) throws(CommandError) -> Secret {
        guard let file = try file(remote) else {
            return try remote.secrets.read(.session, sessionFile)
        }
        guard try file.read() != nil else {
            throw CommandError(
                .cannotRead, "FILE_UNREADABLE", "no session is stored in \(file.path)",
                advice: "log in: rekey login IDENTIFIER")
        }
        return try remote.secrets.read(.session, file.path)
    }

    /// nil when the session comes from standard input.
    func file(_ remote: Remote) throws(CommandError) -> SessionFile? {
        sessionFile == "-" ? nil : try SessionFile(sessionFile, remote.world.environment)
    }
}
