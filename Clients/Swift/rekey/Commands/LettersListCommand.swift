import ArgumentParser
import RekeyCore

struct LettersListCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List letters that wait for their courier.")

    @Option(help: "How many, 1 to 1000. (default: 100)")
    var limit: Int?

    @Option(help: "Begin behind this id, the last of the page before.")
    var after: String?

    @OptionGroup var remote: RemoteOptions

    func validate() throws { _ = try page() }

    func run(_ remote: Remote) async throws(CommandError) {
        let request: ListLetters.Request
        do { request = try page() } catch { throw .usage("\(error)") }
        let reply = try await remote.call(ListLetters.self, request)
        try remote.show(reply) { reply, output in
            reply.letters.isEmpty
                ? "No letter waits.\n"
                : table(reply.letters, remote.world.now()).text(columns: output.columns)
        }
        if let next = reply.nextAfter, !remote.isJSON {
            try remote.world.errors.write("More follow: rekey letters list --after \(next)\n")
        }
    }

    private func page() throws -> ListLetters.Request {
        ListLetters.Request(after: try Page.id(after), limit: try Page.limit(limit))
    }

    private func table(_ letters: [Letter], _ now: Timestamp) -> Table {
        Table(
            header: ["LETTER", "KIND", "QUEUED", "FAILED", "NEXT ATTEMPT"],
            rows: letters.map {
                [
                    "\($0.id)", $0.kind?.name ?? "unknown", TimeText.distance($0.queuedAt - now),
                    "\($0.attempts)", TimeText.distance($0.nextAttempt - now),
                ]
            })
    }
}

extension LetterKind {
    fileprivate var name: String {
        switch self {
        case .recoveryLink: "recovery link"
        case .recoveryCode: "recovery code"
        case .activationLink: "activation link"
        case .activationCode: "activation code"
        case .recoveredMail: "notice by mail"
        case .recoveredSMS: "notice by SMS"
        case .contactChangedMail: "changed contact, by mail"
        case .contactChangedSMS: "changed contact, by SMS"
        case .failedLoginsMail: "failed logins, by mail"
        case .failedLoginsSMS: "failed logins, by SMS"
        case .passwordOffMail: "password off, by mail"
        case .passwordOffSMS: "password off, by SMS"
        case .accountDeletedMail: "deleted account, by mail"
        case .accountDeletedSMS: "deleted account, by SMS"
        }
    }
}
