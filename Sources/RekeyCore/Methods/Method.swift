/// One RPC: its name on the wire, what it takes and what it gives. Each conforming enum lives in a
/// file of its own together with its pure decision.
public protocol Method: Sendable {
    associatedtype Request: Sendable
    associatedtype Reply: Sendable

    /// The full name on the wire, e.g. "rekey.v1.Rekey/Login".
    static var name: String { get }
    /// What services.proto says too.
    static var repeatability: Repeatability { get }
}

/// The request or reply of a method that has nothing to say.
public struct Nothing: Hashable, Sendable {
    public init() {}
}
