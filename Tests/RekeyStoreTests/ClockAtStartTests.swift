import RekeyCore
import RekeyJournal
import RekeySimulation
import Synchronization
import Testing

@testable import RekeyStore

@Suite("R14: a start does not believe every clock")
struct ClockAtStartTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private var generator = SeededGenerator(seed: 14)

    /// A store that has seen a request, closed.
    private mutating func used() async throws {
        let store = try Bench.make(disk, time)
        try await store.requestReset(generator.id(), Draw(&generator))
        try store.close()
    }

    private func refusal() -> ClockRefusal? {
        do {
            try Bench.open(disk, time).close()
            return nil
        } catch {
            return (error as? JournalError)?.cause as? ClockRefusal
        }
    }

    @Test("Five minutes behind the newest record is believed, more is refused and nothing changed")
    mutating func behind() async throws {
        try await used()
        let newest = time.wall()
        time.setWall(newest - .minutes(5))
        #expect(refusal() == nil)
        time.setWall(newest - .minutes(5) - .milliseconds(1))
        let before = disk.contents
        #expect(refusal() == .behind(.minutes(5) + .milliseconds(1), last: newest))
        #expect(disk.contents == before)
    }

    @Test("Accepted by name, time goes on from the newest record")
    mutating func behindAccepted() async throws {
        try await used()
        let newest = time.wall()
        time.setWall(newest - .hours(100))
        time.advance(by: .seconds(2))
        let store = try Bench.open(disk, time, accepting: .behind)
        #expect(store.status().now == newest)
        time.advance(by: .seconds(7))
        #expect(store.status().now == newest + .seconds(7))
        try store.close()
    }

    @Test("A night without the server is believed, a leap of more than an hour is refused")
    mutating func ahead() async throws {
        try await used()
        time.advance(by: .hours(30))
        #expect(refusal() == nil)
        time.setWall(time.wall() + .hours(1))
        #expect(refusal() == nil, "this hour is in the store now")
        let expected = time.wall()
        time.setWall(expected + .hours(1) + .milliseconds(1))
        let before = disk.contents
        #expect(refusal() == .ahead(.hours(1) + .milliseconds(1), expected: expected))
        #expect(disk.contents == before)
        try Bench.open(disk, time, accepting: .ahead).close()
        #expect(refusal() == nil, "what was accepted is in the store now")
    }

    @Test("After another boot nobody can tell a leap from a long night")
    mutating func reboot() async throws {
        try await used()
        time.reboot()
        time.setWall(time.wall() + .hours(30))
        #expect(refusal() == nil)
        time.setWall(time.wall() + .hours(2))
        #expect(refusal() != nil, "within the new boot one can")
    }

    @Test("The clocks are in a checkpoint, too, when the log before it is gone")
    mutating func checkpoint() async throws {
        try Bench.create(on: disk, options: Bench.small)
        let store = try Bench.open(disk, time, options: Bench.small)
        let first = "\(Bench.directory)/log/0000000000000001.log"
        while disk.contents[first] != nil {
            for _ in 0..<30 { try await store.requestReset(generator.id(), Draw(&generator)) }
            try store.writeCheckpoint()
        }
        try store.close()
        time.setWall(time.wall() + .hours(2))
        #expect(refusal() == .ahead(.hours(2), expected: time.wall() - .hours(2)))
    }

    @Test("A wall clock that leaps while it runs is not followed, and that is told once")
    mutating func leapWhileRunning() async throws {
        try Bench.create(on: disk)
        let leaps = Mutex<[Duration]>([])
        let store = try Bench.open(
            disk, time,
            onNotice: { notice in
                if case .clockAhead(let gap) = notice { leaps.withLock { $0.append(gap) } }
            })
        let begin = time.wall()
        time.setWall(begin + .hours(3))
        time.advance(by: .seconds(1))
        #expect(store.status().now == begin + .seconds(1))
        #expect(store.status().clockAhead == .hours(3))
        #expect(leaps.withLock { $0 } == [.hours(3)])
        time.setWall(begin + .minutes(59))
        #expect(store.status().now == begin + .minutes(59))
        #expect(store.status().clockAhead == .zero)
        #expect(leaps.withLock { $0 } == [.hours(3), .zero])
        try store.close()
    }
}
