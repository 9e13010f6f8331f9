public import RekeyCore

/// Somebody who may call: a person or a service, by the name in its certificate.
public struct Caller: Hashable, Sendable {
    /// As in its certificate and in the file of callers.
    public let name: String
    /// What it may call; nil: everything, which only the plaintext connections of this machine may.
    public let role: Role?
    /// Fewer methods than its role has, by their full names; nil: all of them.
    public let methods: Set<String>?

    public init(name: String, role: Role?, methods: Set<String>? = nil) {
        self.name = name
        self.role = role
        self.methods = methods
    }
}
