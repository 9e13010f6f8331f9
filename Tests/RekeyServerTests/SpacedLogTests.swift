import Logging
import Testing

@testable import RekeyServer

@Suite("A spaced log")
struct SpacedLogTests {
    @Test("R85: says one line in ten seconds, and how many there were since the one before")
    func spacing() {
        let recorded = RecordedLog()
        let log = SpacedLog("knock", Logger(label: "test") { _ in recorded.handler })
        let start = ContinuousClock.now
        for second in [0, 1, 9, 10, 11, 30] {
            log.add(["at": "\(second)"], at: start + .seconds(second))
        }
        #expect(
            recorded.lines == [
                "notice knock at=0 since the last line=1",
                "notice knock at=10 since the last line=3",
                "notice knock at=30 since the last line=2",
            ])
    }
}
