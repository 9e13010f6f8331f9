import Foundation
import RekeyCore
import Testing

@Suite("PROTOCOL.md tells the truth")
struct ProtocolTextTests {
    private static let text: String? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try? String(contentsOf: root.appending(path: "Proto/PROTOCOL.md"), encoding: .utf8)
    }()

    @Test("The conversation in hex is what a server says, byte for byte")
    func conversation() async throws {
        let text = try #require(Self.text)
        let turns = text.matches(of: /```hex (server|client)\n([0-9a-f\s]+)```/).map { match in
            (
                speaker: match.1,
                bytes: match.2.split(whereSeparator: \.isWhitespace).compactMap {
                    UInt8($0, radix: 16)
                }
            )
        }
        #expect(turns.count == 12)
        try await Serving.run { serving in
            let client = try await RawClient(port: serving.port)
            for turn in turns {
                if turn.speaker == "client" {
                    try await client.send(turn.bytes)
                } else {
                    #expect(try await client.nextBytes() == turn.bytes)
                }
            }
        }
    }

    @Test(
        "P5.5: every reason is in the table, with its status and whether the call was not processed",
        arguments: Reason.allCases)
    func reasons(_ reason: Reason) throws {
        let text = try #require(Self.text)
        let mark = reason.isNotProcessed ? " yes " : " "
        #expect(text.contains("\n| \(reason.rawValue) | \(reason.status.name) |\(mark)| "))
    }
}
