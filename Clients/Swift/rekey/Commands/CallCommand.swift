import ArgumentParser
import RekeyCore
import RekeyWire

struct CallCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call any method, with JSON in and out; or tell what methods there are.",
        discussion: """
            JSON is protobuf's: names as in the .proto or in lowerCamelCase, 64-bit integers as \
            numbers or strings, bytes as base64. The reply is printed as it is, a session token \
            too: mind where it goes.
            """)

    @Argument(
        help: "Login, Rekey/Login or rekey.v1.Rekey/Login; an unknown one lists them all.")
    var method: String?

    @Argument(help: "The request, in a file or '-' for standard input. (default: no field set)")
    var file: String?

    @Flag(help: "List the methods of the server: who may call them, and when to repeat them.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "Show how the server declares a method, message or enum.", valueName: "name"))
    var describe: String?

    @OptionGroup var remote: RemoteOptions

    func validate() throws {
        let wishes = [method != nil, list, describe != nil].filter { $0 }.count
        guard wishes == 1 else {
            throw ValidationError("Name a method, or use one of --list and --describe.")
        }
    }

    func run(_ remote: Remote) async throws(CommandError) {
        if list {
            try remote.show(try await described(remote), hiding: "descriptorSet") { reply, output in
                Table(reply.methods).text(columns: output.columns)
            }
        } else if let describe {
            try show(describe, try await described(remote), remote)
        } else if let method {
            try await call(method, remote)
        }
    }

    // MARK: What the server offers

    private func described(_ remote: Remote) async throws(CommandError) -> Describe.Reply {
        do throws(CommandError) {
            return try await remote.call(Describe.self, Nothing())
        } catch {
            var error = error
            if Reason(rawValue: error.failure.reason) == .methodUnknown {
                error.failure.message =
                    "this server has no reflection: it does not tell its methods"
                error.advice = "this rekey knows\n  \(Self.knownMethods)"
            }
            throw error
        }
    }

    private func show(
        _ name: String, _ reply: Describe.Reply, _ remote: Remote
    ) throws(CommandError) {
        guard let schema = Schema(reply.descriptorSet) else {
            throw CommandError(
                .fault, "REPLY_INVALID", "what the server says of its messages cannot be read")
        }
        guard let declaration = Declaration(name, schema, reply.methods) else {
            throw .usage(
                "the server has no method, message or enum '\(name)'",
                advice: "see its methods: rekey call --list")
        }
        try remote.world.output.write(
            remote.isJSON ? declaration.json.text + "\n" : declaration.text)
    }

    private static var knownMethods: String {
        MethodDescriptor.all.map(\.fullName).joined(separator: "\n  ")
    }

    // MARK: A call

    private func call(_ name: String, _ remote: Remote) async throws(CommandError) {
        guard let method = MethodDescriptor(named: name) else {
            throw .usage(
                "there is no method '\(name)'", advice: "there are\n  \(Self.knownMethods)")
        }
        let reply = try await remote.call(
            method: method.fullName, body: try body(method.input, remote.world.input))
        let json: JSONValue
        do {
            json = try reply.withUnsafeBytes { bytes throws(WireFault) in
                try JSONFromWire.protobuf.value(bytes, as: method.output)
            }
        } catch {
            throw CommandError(
                .fault, "REPLY_INVALID",
                "the call was done, but its reply cannot be read: \(error)")
        }
        try remote.world.output.write(json.text + "\n")
    }

    private func body(
        _ descriptor: MessageDescriptor, _ input: Input
    ) throws(CommandError) -> [UInt8] {
        guard let file else { return [] }
        let bytes = file == "-" ? try input.rest() : try Files.read(file)
        guard let json = JSONValue(parsing: bytes) else {
            throw .usage("the request is not JSON", advice: "write an object, like {}")
        }
        do throws(JSONFault) {
            return try WireFromJSON.bytes(json, as: descriptor)
        } catch {
            throw .usage("the request does not fit the method: \(error)")
        }
    }
}

extension Table {
    fileprivate init(_ methods: [MethodDescription]) {
        self.init(
            header: ["METHOD", "ROLES", "REPEAT"],
            rows: methods.map { [$0.name, $0.roleNames, $0.repeatability.name] })
    }
}
