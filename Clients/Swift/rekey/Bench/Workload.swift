import RekeyClient
import RekeyCore
import RekeyWire

/// What a run calls: a method, and where its requests come from.
struct Workload: Sendable {
    /// "rekey.v1.Rekey/Login".
    let method: String
    /// Keeps a connection busy until `isOver` or the requests are used up.
    let drive: @Sendable (LoadConnection, Pace, Tally) async -> Void

    struct Pace: Sendable {
        var depth: Int
        var timeout: Duration
        var isOver: @Sendable () -> Bool
    }

    init<M: Method>(
        _: M.Type, next: @escaping @Sendable () -> M.Request?
    ) where M.Request: WireMessage {
        method = M.name
        drive = { connection, pace, tally in
            await connection.pipeline(M.self, depth: pace.depth, timeout: pace.timeout) {
                pace.isOver() ? nil : next()
            } answered: { time, error in
                tally.count(time, error)
            }
        }
    }
}

extension Workload {
    /// The methods that one request, or a new identifier, is enough for.
    private enum Kind: String, CaseIterable {
        case requestReset = "RequestReset"
        case validateLink = "ValidateLink"
        case login = "Login"
        case checkSession = "CheckSession"
        case health = "Health"
        case createAccount = "CreateAccount"
        case getAccount = "GetAccount"
        case listAccounts = "ListAccounts"
        case listLetters = "ListLetters"
        case serverStatus = "ServerStatus"

        var usesPopulation: Bool { self == .requestReset || self == .getAccount }
    }

    /// - Throws: usage, when the method is none of those, or lacks what it needs.
    init(
        named name: String, of command: BenchCommand, _ identifiers: Identifiers, _ remote: Remote
    ) throws(CommandError) {
        guard let method = MethodDescriptor(named: name) else {
            throw .usage("there is no method '\(name)'", advice: Self.possible)
        }
        guard let kind = Kind(rawValue: method.name) else {
            throw .usage(
                "\(method.name) cannot be called in bulk: each call takes a link, code, session "
                    + "or account of its own", advice: Self.possible)
        }
        guard command.population == nil || kind.usesPopulation else {
            throw .usage("\(method.name) does not use a population; leave --population out")
        }
        switch kind {
        case .requestReset:
            self.init(RequestReset.self) {
                identifiers.next().map { RequestReset.Request(identifier: $0) }
            }
        case .validateLink:
            let request = ValidateLink.Request(
                link: try remote.secrets.readLink(command.link.linkFile))
            self.init(ValidateLink.self) { request }
        case .login:
            let request = Login.Request(
                identifier: try command.namedIdentifier(),
                password: try remote.secrets.read(.password, command.password.passwordFile))
            self.init(Login.self) { request }
        case .checkSession:
            let request = CheckSession.Request(session: try command.session.read(remote))
            self.init(CheckSession.self) { request }
        case .health:
            self.init(Health.self) { Health.Request() }
        case .createAccount:
            self = .accounts(identifiers)
        case .getAccount where command.population != nil:
            self.init(GetAccount.self) {
                identifiers.next().map { AccountRequest(identifier: $0) }
            }
        case .getAccount:
            let request = AccountRequest(identifier: try command.namedIdentifier())
            self.init(GetAccount.self) { request }
        case .listAccounts:
            self.init(ListAccounts.self) { ListAccounts.Request() }
        case .listLetters:
            self.init(ListLetters.self) { ListLetters.Request() }
        case .serverStatus:
            self.init(ServerStatus.self) { Nothing() }
        }
    }

    /// Makes an account for each of the identifiers.
    static func accounts(_ identifiers: Identifiers) -> Workload {
        Workload(CreateAccount.self) {
            identifiers.next().map(CreateAccount.Request.init(ofBench:))
        }
    }

    private static var possible: String {
        "bench calls " + Kind.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

extension BenchCommand {
    fileprivate func namedIdentifier() throws(CommandError) -> String {
        guard let identifier else {
            throw .usage("\(method) is about an account", advice: "add --identifier IDENTIFIER")
        }
        return identifier
    }
}

extension CreateAccount.Request {
    /// An account whose letters reach nobody: the domain never exists (RFC 2606, section 2), and
    /// the number is one of those that France keeps for fiction.
    init(ofBench identifier: String) {
        self.init(
            identifier: identifier, name: "Bench", mail: "bench@rekey.invalid",
            mobile: "+33639980000", language: .french)
    }
}
