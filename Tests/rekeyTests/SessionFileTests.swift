import Foundation
import RekeyCore
import Testing

@testable import rekey

@Suite("The session's file")
struct SessionFileTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test("is for its owner only, in a folder for its owner only, and leaves no draft")
    func modes() async throws {
        try await Standing.inFolder { folder in
            let file = try SessionFile(nil, ["XDG_STATE_HOME": folder, "HOME": "/nowhere"])
            #expect(try file.read() == nil)
            for token in ["first", "second"] {
                try file.write(Secret(token))
                #expect(try file.read()?.text == token)
            }
            #expect(try mode(file.path) == 0o600)
            #expect(try mode("\(folder)/rekey") == 0o700)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: "\(folder)/rekey")
                    == ["session"])
            try file.remove()
            try file.remove()
            #expect(try file.read() == nil)
        }
    }

    @Test("rests where XDG says, or in HOME; a relative XDG_STATE_HOME does not count")
    func places() throws {
        let home = ["HOME": "/home/a", "XDG_STATE_HOME": "relative"]
        #expect(try SessionFile(nil, home).path == "/home/a/.local/state/rekey/session")
        #expect(try SessionFile("/x", home).path == "/x")
        #expect(throws: CommandError.self) { try SessionFile(nil, [:]) }
    }

    @Test("that cannot be written is an error of its own class")
    func unwritable() throws {
        let file = try SessionFile("/proc/rekey/session", [:])
        let error = #expect(throws: CommandError.self) { try file.write(Secret("token")) }
        #expect(error?.exit == .cannotWrite)
    }
}
