public import RekeyCore
import RekeyWire

/// Somebody who may call: a person or a service, by the name in its certificate.
public struct Caller: Hashable, Sendable {
    /// As in its certificate and in the file of callers.
    public let name: String
    /// Which methods it may call; nil for all of them, which only plaintext within this machine has.
    private let role: Role?
    /// Fewer methods than its role has, by their full names; nil: all of those.
    private let methods: Set<String>?

    /// - Parameter methods: narrows the role, and gives nothing that the role has not.
    public init(name: String, role: Role, methods: Set<String>? = nil) {
        self.name = name
        self.role = role
        self.methods = methods
    }

    private init(local name: String) {
        self.name = name
        role = nil
        methods = nil
    }

    /// Whoever speaks without TLS from this machine (P10.6).
    public static let local = Caller(local: "local")

    /// Whether it may call a method that these roles have: nobody may what is not allowed (R76).
    public func may(_ method: String, of roles: RoleSet) -> Bool {
        guard let role else { return true }
        guard roles.contains(RoleSet(role)) || !ProtocolTooth.roles.holds else { return false }
        return methods?.contains(method) ?? true || !ProtocolTooth.narrowing.holds
    }
}
