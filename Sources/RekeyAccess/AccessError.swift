/// Why a file of certificates, callers or revocations cannot be used: one line for an operator that names
/// the file, what is wrong with it, and the remedy. It holds nothing of a key.
public struct AccessError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ path: String, _ problem: String) { description = "\(path) \(problem)" }
}
