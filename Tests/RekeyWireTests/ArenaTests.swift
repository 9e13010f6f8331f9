// The memory that passwords pass through: how much of it, for how long, and what is left after.

import Glibc
import RekeyCore
import RekeyWire
import Testing

@Suite("The arena")
struct ArenaTests {
    @Test("the budget is granted to the last byte and not one above", arguments: [64, 1 << 20])
    func budget(_ capacity: Int) {
        let arena = Arena(capacity: capacity)
        arena.scope(budget: 4096) {
            #expect(arena.allocate(4097) == nil)
            #expect(arena.allocate(4096) != nil)
            #expect(arena.allocate(1) == nil)
        }
    }

    @Test("what is granted is counted, in steps of 16 bytes")
    func counted() {
        let arena = Arena()
        arena.scope(budget: 64) {
            for _ in 0..<4 { #expect(arena.allocate(1) != nil) }
            #expect(arena.allocate(1) == nil)
        }
    }

    @Test("outside a scope nothing is granted, and no size is too odd to be refused")
    func outside() {
        let arena = Arena()
        #expect(arena.allocate(1) == nil)
        arena.scope(budget: 100) {
            #expect(arena.allocate(-1) == nil)
            #expect(arena.allocate(.max) == nil)
            #expect(arena.allocate(.min) == nil)
        }
        arena.scope(budget: 100) {}
        #expect(arena.allocate(1) == nil)
    }

    @Test("an inner scope has a budget of its own, and gives back what it took")
    func nested() throws {
        let arena = Arena(capacity: 256)
        try arena.scope(budget: 128) {
            let outer = try #require(arena.allocate(48))
            outer.storeBytes(of: 0xA5, as: UInt8.self)
            var inner: UnsafeMutableRawPointer?
            arena.scope(budget: 1000) {
                inner = arena.allocate(64)
                #expect(arena.allocate(900) != nil, "behind the first block")
            }
            #expect(outer.load(as: UInt8.self) == 0xA5)
            #expect(arena.allocate(64) == inner, "the same place again")
            #expect(arena.allocate(16) != nil)
            #expect(arena.allocate(1) == nil, "48 + 64 + 16 = 128")
        }
    }

    @Test("a scope that throws ends like any other")
    func throwing() {
        let arena = Arena()
        #expect(throws: WireFault("on purpose")) {
            try arena.scope(budget: 100) { () throws(WireFault) in
                _ = arena.allocate(50)
                throw WireFault("on purpose")
            }
        }
        #expect(arena.allocate(1) == nil)
    }

    @Test(
        "blocks do not overlap, are aligned to 16, and hold their bytes", arguments: [0, 64, 4096])
    func blocks(_ capacity: Int) {
        let arena = Arena(capacity: capacity)
        arena.scope(budget: 10_000) {
            let blocks = (1...60).compactMap { size in
                arena.allocate(size).map { ($0, size, UInt8(size)) }
            }
            #expect(blocks.count == 60)
            for (block, size, mark) in blocks {
                #expect(UInt(bitPattern: block) % 16 == 0)
                block.initializeMemory(as: UInt8.self, repeating: mark, count: size)
            }
            for (block, size, mark) in blocks {
                let bytes = UnsafeRawBufferPointer(start: block, count: size)
                #expect(bytes.allSatisfy { $0 == mark })
            }
        }
    }

    @Test("what was written in a scope is zero after it")
    func erased() throws {
        let arena = Arena(capacity: 4096)
        // Leaked on purpose: the first block lives as long as the arena.
        let leaked = try arena.scope(budget: 4096) {
            let block = try #require(arena.allocate(4096))
            block.initializeMemory(as: UInt8.self, repeating: 0xA5, count: 4096)
            return block
        }
        #expect(UnsafeRawBufferPointer(start: leaked, count: 4096).allSatisfy { $0 == 0 })
        withExtendedLifetime(arena) {}
    }

    @Test("a password that was decoded, or refused, is in the arena no more")
    func passwordErased() throws {
        let arena = Arena(capacity: 4096)
        let password = Array("correct horse battery staple".utf8)
        let good = encoded(Login.Request(identifier: "42", password: Secret(password)))
        // The language is missing: it parses, and is refused when it is converted.
        let bad = Wire.delimited(1, password)
        try arena.scope(budget: 4096) {
            let start = try #require(arena.allocate(1))
            func holds() -> Bool {
                let all = UnsafeRawBufferPointer(start: start, count: 4096)
                return (0..<(4096 - password.count)).contains {
                    all[$0..<($0 + password.count)].elementsEqual(password)
                }
            }
            try good.withUnsafeBytes { bytes in
                try arena.scope(budget: 2048) {
                    _ = try arena.decode(Login.Request.self, from: bytes)
                    #expect(holds(), "the test would see it")
                }
            }
            #expect(!holds())
            bad.withUnsafeBytes { bytes in
                arena.scope(budget: 2048) {
                    #expect(throws: Refusal.self) {
                        try arena.decode(CreateAccount.Request.self, from: bytes)
                    }
                    #expect(holds(), "the test would see it")
                }
            }
            #expect(!holds())
        }
    }

    @Test("eraseBytes leaves no byte of a buffer, and touches none beside it")
    func eraseBytesExactly() {
        var bytes = [UInt8](repeating: 0xA5, count: 100)
        bytes.withUnsafeMutableBytes { eraseBytes(.init(rebasing: $0[10..<90])) }
        #expect(bytes.indices.allSatisfy { (bytes[$0] == 0) == (10..<90).contains($0) })
        eraseBytes(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }

    /// Of this process (proc(5), statm: the second number, in pages of 4 KiB).
    private static func residentBytes() throws -> Int {
        let file = try #require(fopen("/proc/self/statm", "r"))
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        try #require(fgets(&line, 128, file) != nil)
        let text = String(decoding: line.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return try #require(Int(text.split(separator: " ")[1])) * 4096
    }

    @Test("blocks beyond the first are freed with their scope")
    func freed() throws {
        // 1 GiB in all; were it kept, the process would grow by as much.
        let before = try Self.residentBytes()
        let arena = Arena(capacity: 64)
        for _ in 0..<64 { arena.scope(budget: 1 << 24) { _ = arena.allocate(1 << 24) } }
        #expect(try Self.residentBytes() - before < 512 << 20)
    }

    @Test("what a request or a reply may take follows from its length, up to a maximum")
    func budgets() {
        #expect(Arena.requestBudget(0) == 4096)
        #expect(Arena.requestBudget(100) == 4096 + 1600)
        #expect(Arena.requestBudget(16_128) == 256 * 1024)
        #expect(Arena.requestBudget(16_129) == 256 * 1024)
        #expect(Arena.requestBudget(WireLimits.requestFrameBytesMax) == 256 * 1024)
        #expect(Arena.replyBudget(0) == 4096)
        #expect(Arena.replyBudget(WireLimits.responseFrameBytesMax) == 4096 + 4 << 20)
        #expect(Arena.replyBudget(1 << 30) == 8 << 20)
    }
}
