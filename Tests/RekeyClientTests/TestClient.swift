// What the tests of this folder share.

import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Synchronization

@testable import RekeyClient

extension RekeyClient {
    init(
        to servers: ScriptedServer..., waitsForReady: Bool = true, patience: Patience = Patience()
    ) throws {
        self.init(
            servers: try servers.map { try .plaintextOnLoopback("127.0.0.1:\($0.port)") },
            waitsForReady: waitsForReady, patience: patience)
    }

    /// The one method that is not repeated after an unknown outcome.
    func logIn(timeout: Duration = .seconds(20)) async throws {
        _ = try await call(
            Login.self, Login.Request(identifier: "a", password: Secret([1])), timeout: timeout)
    }
}

extension TestProfile {
    func read(servers: [String]? = nil) throws -> ClientProfile {
        try ClientProfile(folder: folder, servers: servers)
    }
}

/// A lock that a closure can hold.
final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ initial: sending Value) { value = Mutex(initial) }

    var current: Value { value.withLock { $0 } }
}

extension Shared {
    func append<Element>(_ element: Element) where Value == [Element] {
        value.withLock { $0.append(element) }
    }

    /// The number before.
    func count() -> Int where Value == Int {
        value.withLock { number in
            defer { number += 1 }
            return number
        }
    }
}
