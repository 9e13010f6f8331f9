import CProtobufC

/// The memory that messages are unpacked into and packed from: one bump allocator for one thread,
/// with a budget, erased after each use because passwords pass through it.
///
/// A message that wants more than the budget fails to unpack. Nothing from an arena may outlive the
/// `scope` it was made in.
public final class Arena {
    /// The first is kept from scope to scope; further ones are freed at the end of theirs.
    // An arena is one thread's, and this is on every field's way: the checks of exclusive access, which
    // cost more than an allocation here, are left out.
    @exclusivity(unchecked) private var blocks: [UnsafeMutableRawBufferPointer]
    /// Bytes in use of the last block.
    @exclusivity(unchecked) private var used = 0
    @exclusivity(unchecked) private var budgetLeft = 0

    /// - Parameter capacity: bytes that are kept between uses.
    public init(capacity: Int = 32 * 1024) {
        blocks = [.allocate(byteCount: capacity, alignment: 16)]
    }

    deinit { for block in blocks { block.deallocate() } }

    /// What a server grants a request of so many bytes.
    public static func requestBudget(_ length: Int) -> Int { min(4096 + 16 * length, 256 * 1024) }

    /// What a client grants a reply of so many bytes.
    public static func replyBudget(_ length: Int) -> Int {
        min(4096 + 4 * length, 8 * 1024 * 1024)
    }

    /// What packing our own values may take: the longest page of a list, generously.
    public static let packingBudget = 16 * 1024 * 1024

    /// Runs `body` with so many bytes to allocate, then erases all it allocated. Scopes nest.
    @inlinable
    public func scope<Result, Failure: Error>(
        budget: Int, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let mark = enter(budget)
        defer { leave(mark) }
        return try body()
    }

    /// Where a scope began.
    @usableFromInline
    struct Mark {
        fileprivate var blocks: Int
        fileprivate var used: Int
        fileprivate var budget: Int
    }

    @usableFromInline
    func enter(_ budget: Int) -> Mark {
        defer { budgetLeft = budget }
        return Mark(blocks: blocks.count, used: used, budget: budgetLeft)
    }

    @usableFromInline
    func leave(_ mark: Mark) {
        while blocks.count > mark.blocks {
            let block = blocks.removeLast()
            eraseBytes(block)
            block.deallocate()
            used = blocks[blocks.count - 1].count
        }
        eraseBytes(.init(rebasing: blocks[mark.blocks - 1][mark.used..<used]))
        used = mark.used
        budgetLeft = mark.budget
    }

    /// Uninitialized bytes, aligned to 16; nil when they are over the budget.
    public func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        guard byteCount >= 0, byteCount <= budgetLeft else { return nil }
        let size = (byteCount + 15) & ~15
        budgetLeft -= min(size, budgetLeft)
        if size > blocks[blocks.count - 1].count - used {
            blocks.append(.allocate(byteCount: max(size, 64 * 1024), alignment: 16))
            used = 0
        }
        defer { used += size }
        return blocks[blocks.count - 1].baseAddress?.advanced(by: used)
    }

    /// protobuf-c's view of this arena, for the length of `body`.
    func withAllocator<Result, Failure: Error>(
        _ body: (UnsafeMutablePointer<ProtobufCAllocator>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var allocator = ProtobufCAllocator(
            alloc: { data, size in
                guard let data else { return nil }
                // Alive for as long as the call into C: nothing to count.
                return Unmanaged<Arena>.fromOpaque(data)._withUnsafeGuaranteedRef {
                    $0.allocate(size)
                }
            },
            free: { _, _ in },
            allocator_data: Unmanaged.passUnretained(self).toOpaque())
        return try withUnsafeMutablePointer(to: &allocator, body)
    }
}

/// Overwrites bytes that a secret may have been in. The call is opaque to the optimizer, which
/// would otherwise drop a store that nobody reads.
@inline(never)
public func eraseBytes(_ bytes: UnsafeMutableRawBufferPointer) {
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
}
