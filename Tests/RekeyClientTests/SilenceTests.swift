import Testing

@testable import RekeyClient

@Suite("P7.6: a server that owes an answer and is silent")
struct SilenceTests {
    private let start = ContinuousClock.now

    private func silence() -> Silence {
        Silence(pingAfter: .seconds(30), pongWithin: .seconds(15), now: start)
    }

    @Test("is pinged after 30 s and given up after 15 s more")
    func silent() {
        var silence = silence()
        #expect(silence.look(start) == .look(after: .seconds(30)))
        #expect(silence.look(start + .seconds(29)) == .look(after: .seconds(1)))
        #expect(silence.look(start + .seconds(30)) == .ping)
        #expect(silence.look(start + .seconds(30)) == .look(after: .seconds(15)))
        #expect(silence.look(start + .seconds(44)) == .look(after: .seconds(1)))
        #expect(silence.look(start + .seconds(45)) == .giveUp)
    }

    @Test("is there again with any byte, before the Ping and after it")
    func heard() {
        var silence = silence()
        silence.end(start + .seconds(20))
        #expect(silence.look(start + .seconds(30)) == .look(after: .seconds(20)))
        #expect(silence.look(start + .seconds(50)) == .ping)
        silence.end(start + .seconds(60))
        #expect(silence.look(start + .seconds(65)) == .look(after: .seconds(25)))
        #expect(silence.look(start + .seconds(90)) == .ping)
    }
}
