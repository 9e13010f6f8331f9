import ArgumentParser
import RekeyWire

struct CallCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call any method, with JSON in and out.",
        discussion: """
            JSON is protobuf's: names as in the .proto or in lowerCamelCase, 64-bit integers as \
            numbers or strings, bytes as base64. The reply is printed as it is, a session token \
            too: mind where it goes.
            """)

    @Argument(
        help: "Login, Rekey/Login or rekey.v1.Rekey/Login; an unknown one lists them all.")
    var method: String

    @Argument(help: "The request, in a file or '-' for standard input. (default: no field set)")
    var file: String?

    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        guard let method = MethodDescriptor(named: method) else {
            let names = MethodDescriptor.all.map(\.fullName).joined(separator: "\n  ")
            throw .usage("there is no method '\(method)'", advice: "there are\n  \(names)")
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
