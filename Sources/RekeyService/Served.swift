public import RekeyCore

/// A method that this service answers. Each is a file of the folder RPC: what happens, in order.
public protocol Served: Method {
    /// Throws the refusal that the caller hears.
    static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply

    /// The same without waiting; nil when something has to be waited for, and then nothing was done.
    static func answerAtOnce(
        _ request: Request, _ call: Call, _ service: Service
    ) throws(Refusal) -> Reply?
}

extension Served {
    public static func answerAtOnce(
        _ request: Request, _ call: Call, _ service: Service
    ) throws(Refusal) -> Reply? { nil }
}

/// A method that never waits.
public protocol ServedAtOnce: Served {
    static func answerNow(
        _ request: Request, _ call: Call, _ service: Service
    ) throws(Refusal) -> Reply
}

extension ServedAtOnce {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply { try answerNow(request, call, service) }

    public static func answerAtOnce(
        _ request: Request, _ call: Call, _ service: Service
    ) throws(Refusal) -> Reply? { try answerNow(request, call, service) }
}
