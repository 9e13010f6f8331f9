/// Bytes that are not what they should be: the message says what is wrong, never what they were.
public struct WireFault: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
