import RekeyCore
import RekeySimulation
import Synchronization
import Testing

@testable import RekeyStore

@Suite("R14: service time never runs back")
struct ServiceClockTests {
    private let start = Timestamp(milliseconds: 1_563_290_940_000)

    private func clock(
        _ time: SimulatedTime, notBefore floor: Timestamp = Timestamp(milliseconds: 0)
    ) -> ServiceClock { ServiceClock(time, notBefore: floor, aheadMax: nil) }

    @Test("R14: a wall clock that is set back does not stop or turn time")
    func setBack() {
        let time = SimulatedTime(wall: start)
        var clock = clock(time)
        #expect(clock.now() == start)
        time.setWall(start - .hours(20))
        time.advance(by: .seconds(3))
        #expect(clock.now() == start + .seconds(3))
        time.setWall(start + .seconds(1))
        time.advance(by: .milliseconds(1))
        #expect(clock.now() == start + .milliseconds(3001))
    }

    @Test("R14: a wall clock that is ahead pulls time forward, once")
    func setForward() {
        let time = SimulatedTime(wall: start)
        var clock = clock(time)
        time.setWall(start + .minutes(5))
        #expect(clock.now() == start + .minutes(5))
        #expect(clock.now() == start + .minutes(5))
        time.setWall(start)
        time.advance(by: .seconds(1))
        #expect(clock.now() == start + .minutes(5) + .seconds(1))
    }

    @Test("R14: fractions of a millisecond add up, however often the time is asked for")
    func fractions() {
        let time = SimulatedTime(wall: start)
        var clock = clock(time)
        time.setWall(start - .hours(1))
        for _ in 0..<10_000 {
            time.advance(by: .microseconds(300))
            _ = clock.now()
        }
        #expect(clock.now() == start + .seconds(3))
    }

    @Test("R14: time that passes between the looks at the two clocks counts once")
    func asleepBetween() {
        let time = SleepyTime(SimulatedTime(wall: start))
        var clock = ServiceClock(time, notBefore: start, aheadMax: nil)
        for hour in 1...3 {
            time.sleepsAfterOneLook = true
            _ = clock.now()
            #expect(clock.now() == start + .hours(hour))
        }
    }

    @Test(
        "R14: whatever the clocks do, no time is before the last one", arguments: 0..<20)
    func monotone(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let time = SimulatedTime(wall: start)
        var clock = clock(time)
        var last = clock.now()
        for _ in 0..<500 {
            let offset = Int64.random(in: -100_000_000...100_000_000, using: &generator)
            if generator.count(0...4) == 0 {
                time.setWall(Timestamp(milliseconds: start.milliseconds + offset))
            }
            time.advance(by: .microseconds(Int64.random(in: 0...5000, using: &generator)))
            let now = clock.now()
            #expect(now >= last)
            #expect(now >= time.wall())
            last = now
        }
    }

    @Test(
        "R14: a restart with the wall clock behind goes on from the last durable time",
        arguments: [false, true])
    func restart(checkpointed: Bool) async throws {
        var generator = SeededGenerator(seed: 1)
        let disk = SimulatedDisk()
        let time = SimulatedTime(wall: start)
        let store = try Bench.make(disk, time)
        time.advance(by: .hours(12))
        let id: SubjectID = generator.id()
        try await store.requestReset(id, Draw(&generator))
        let then = store.status().now
        if checkpointed { try store.writeCheckpoint() }
        try store.close()

        let behind = SimulatedTime(wall: start - .hours(48))
        let again = try Bench.open(disk, behind, accepting: .behind)
        #expect(again.status().now == then)
        #expect(try await again.read(id).now == then)
        behind.advance(by: .seconds(1))
        #expect(again.status().now == then + .seconds(1))
    }
}

/// Clocks of a machine that is asleep for an hour once one of them was looked at.
private final class SleepyTime: TimeSource {
    private let time: SimulatedTime
    private let sleeps = Mutex(false)

    init(_ time: SimulatedTime) { self.time = time }

    var sleepsAfterOneLook: Bool {
        get { sleeps.withLock { $0 } }
        set { sleeps.withLock { $0 = newValue } }
    }

    var boot: [UInt8] { time.boot }

    func wall() -> Timestamp { look { $0.wall() } }
    func elapsed() -> Duration { look { $0.elapsed() } }

    private func look<Reading>(_ read: (SimulatedTime) -> Reading) -> Reading {
        defer {
            if sleepsAfterOneLook {
                sleepsAfterOneLook = false
                time.advance(by: .hours(1))
            }
        }
        return read(time)
    }
}
