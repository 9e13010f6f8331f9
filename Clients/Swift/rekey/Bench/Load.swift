import NIOCore
import RekeyClient

/// One run: every connection kept busy until the time is over, the requests are used up, somebody
/// interrupts it or the connections end.
struct Load: Sendable {
    var workload: Workload
    var connections: [LoadConnection]
    var depth: Int
    var duration: Duration
    var timeout: Duration

    private enum Event { case tick, timeOver, interrupted, idle }
    private static let tick: Duration = .milliseconds(500)

    func run(
        _ interrupts: Interrupts, _ progress: ProgressLine
    ) async throws(CommandError) -> Measured {
        let tallies = connections.prefix(System.coreCount).map { _ in Tally() }
        let isOver = StopFlag()
        let started = ContinuousClock.now
        var measured: Measured { Measured(elapsed: ContinuousClock.now - started, tallies) }
        var ending: Measured.Ending?
        for await event in events(tallies, isOver, interrupts) {
            switch event {
            case .tick: try progress.show(workload.method, measured, of: duration)
            case .timeOver: ending = ending ?? .timeOver
            case .interrupted: ending = ending ?? .interrupted
            case .idle: ending = ending ?? (measured.lost == nil ? .usedUp : .connectionsLost)
            }
            if ending != nil { isOver.raise() }
        }
        try progress.clear()
        var result = measured
        result.ending = ending ?? .usedUp
        return result
    }

    /// What happens during the run; ends when every call has its outcome.
    private func events(
        _ tallies: [Tally], _ isOver: StopFlag, _ interrupts: Interrupts
    ) -> AsyncStream<Event> {
        let (events, occurs) = AsyncStream.makeStream(of: Event.self)
        interrupts.notify { occurs.yield(.interrupted) }
        let alarm = Task {
            try await Task.sleep(for: duration)
            occurs.yield(.timeOver)
        }
        let ticker = Task {
            while true {
                try await Task.sleep(for: Self.tick)
                occurs.yield(.tick)
            }
        }
        Task {
            await drive(tallies, isOver)
            occurs.yield(.idle)
            occurs.finish()
        }
        occurs.onTermination = { _ in
            alarm.cancel()
            ticker.cancel()
        }
        return events
    }

    private func drive(_ tallies: [Tally], _ isOver: StopFlag) async {
        let pace = Workload.Pace(depth: depth, timeout: timeout) { isOver.isRaised }
        await withDiscardingTaskGroup { group in
            for (index, connection) in connections.enumerated() {
                let tally = tallies[index % tallies.count]
                group.addTask { await workload.drive(connection, pace, tally) }
            }
        }
    }
}
