import ArgumentParser
import RekeyCore

struct AccountListCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List accounts, by ascending id.",
        discussion: "With --all and --json each line is one page.")

    @Option(help: "How many, 1 to 1000. (default: 100)")
    var limit: Int?

    @Option(help: "Begin behind this id, the last of the page before.")
    var after: String?

    @Flag(help: "All of them.")
    var all = false

    @OptionGroup var remote: RemoteOptions

    func validate() throws {
        guard !all || (limit == nil && after == nil) else {
            throw ValidationError("--all goes with neither --limit nor --after.")
        }
        _ = try page()
    }

    func run(_ remote: Remote) async throws(CommandError) {
        var request: ListAccounts.Request
        do { request = try page() } catch { throw .usage("\(error)") }
        var accounts: [AccountSummary] = []
        repeat {
            let reply = try await remote.call(ListAccounts.self, request)
            request.after = reply.nextAfter
            if remote.isJSON {
                try remote.show(reply) { _, _ in "" }
            } else {
                accounts += reply.accounts
            }
        } while all && request.after != nil
        if remote.isJSON { return }
        try remote.world.output.write(
            Table(accounts).text(columns: remote.world.output.columns))
        if let next = request.after {
            try remote.world.errors.write("More follow: rekey account list --after \(next)\n")
        }
    }

    private func page() throws -> ListAccounts.Request {
        try ListAccounts.Request(page: after, all ? 1000 : limit)
    }
}

extension ListAccounts.Request {
    fileprivate init(page after: String?, _ limit: Int?) throws(ValidationError) {
        self.init(after: try Page.id(after), limit: try Page.limit(limit))
    }
}

extension Table {
    init(_ accounts: [AccountSummary]) {
        self.init(
            header: ["IDENTIFIER", "NAME", "STATE", "MAIL", "MOBILE"],
            rows: accounts.map {
                [
                    $0.profile.identifier, $0.profile.name, $0.state.name, $0.profile.mail,
                    $0.profile.mobile,
                ]
            })
    }
}
