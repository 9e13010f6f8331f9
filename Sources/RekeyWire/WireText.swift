import Glibc

/// UTF-8 text of a message: a string of ours, or a view of one that was unpacked, which lives as long as
/// the arena's scope. Looking at a view allocates nothing.
public struct WireText: Hashable, ExpressibleByStringLiteral {
    private enum Storage {
        case string(String)
        case view(UnsafeRawBufferPointer)
    }

    private var storage: Storage

    public init(_ text: String) { storage = .string(text) }

    public init(stringLiteral text: String) { self.init(text) }

    /// - Parameter pointer: ends with a NUL; the scan has seen that it is UTF-8.
    init(view pointer: UnsafeMutablePointer<CChar>?) {
        storage = .view(
            UnsafeRawBufferPointer(start: pointer, count: pointer.map { strlen($0) } ?? 0))
    }

    public var isEmpty: Bool { withUTF8 { $0.isEmpty } }

    /// A copy that outlives the scope.
    public var text: String {
        switch storage {
        case .string(let text): text
        case .view(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }

    public func withUTF8<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch storage {
        case .string(var text): text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        case .view(let bytes): body(bytes)
        }
    }

    public static func == (left: WireText, right: WireText) -> Bool {
        left.withUTF8 { left in right.withUTF8 { left.elementsEqual($0) } }
    }

    public func hash(into hasher: inout Hasher) {
        withUTF8 { hasher.combine(bytes: $0) }
    }
}
