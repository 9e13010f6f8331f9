/// Bytes that must not outlive their use: a password, a code, a link, a session token.
///
/// They live in one allocation that is overwritten when the last reference goes, they never print,
/// and they compare in constant time.
public final class Secret: @unchecked Sendable {
    // Never written after `init`, so sharing the reference between threads is safe.
    private let storage: UnsafeMutableBufferPointer<UInt8>

    public init(_ bytes: some Collection<UInt8>) {
        storage = .allocate(capacity: bytes.count)
        _ = storage.initialize(from: bytes)
    }

    deinit {
        storage.update(repeating: 0)
        storage.deallocate()
    }

    /// Number of bytes.
    public var count: Int { storage.count }

    public var isEmpty: Bool { storage.isEmpty }

    /// Lends the bytes for the length of `body`; a copy made there is the caller's to erase.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }
}

extension Secret: Equatable {
    /// Constant time for equal lengths (R32).
    public static func == (left: Secret, right: Secret) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<left.count { difference |= left.storage[index] ^ right.storage[index] }
        return difference == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<hidden>" }
    public var debugDescription: String { "<hidden>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
