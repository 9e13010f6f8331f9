/// Why a courier did not take a letter, or did not start.
public struct CourierError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whether the same letter may go through later. False: somebody has to change something first.
    public let isWorthRetrying: Bool
    /// What went wrong and what to do, without words or addressee of the letter.
    public let message: String

    public init(isWorthRetrying: Bool, message: String) {
        self.isWorthRetrying = isWorthRetrying
        self.message = message
    }

    public var description: String { message }
}
