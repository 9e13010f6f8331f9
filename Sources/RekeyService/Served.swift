public import RekeyCore

/// A method that this service answers. Each is a file of the folder RPC: what happens, in order.
public protocol Served: Method {
    /// Throws the refusal that the caller hears.
    static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply
}
