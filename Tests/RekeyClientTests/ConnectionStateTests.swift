import RekeyWire
import Testing

@testable import RekeyClient

@Suite("A client's connection")
struct ConnectionStateTests {
    private func opened() throws -> ConnectionState {
        var state = ConnectionState()
        try state.receive(Hello())
        return state
    }

    @Test("takes no call before the Hello")
    func noCallBeforeHello() {
        var state = ConnectionState()
        #expect(throws: ClientError.self) { try state.start() }
    }

    @Test("gives ids that only grow, and takes answers in any order, each once")
    func anyOrder() throws {
        var state = try opened()
        let ids = try (0..<3).map { _ in try state.start() }
        #expect(ids == [1, 2, 3])
        let answered = try [3, 1, 1, 2].map { try state.receiveResponse($0) }
        #expect(answered == [.waiting, .waiting, .ignored, .waiting])
    }

    @Test("ends when a call is answered that was never made", arguments: [0, 2, UInt64.max])
    func neverMade(_ callID: UInt64) throws {
        var state = try opened()
        _ = try state.start()
        #expect(throws: ClientError.self) { try state.receiveResponse(callID) }
    }

    @Test("after GoAway fails the calls above the last id as not processed, awaits the others")
    func goAway() throws {
        var state = try opened()
        for _ in 0..<3 { _ = try state.start() }
        let farewell = try state.receive(
            GoAway(lastCallID: 2, reason: "DRAINING", message: "the server is stopping"))
        let error = farewell.error
        #expect(farewell.unprocessed == [3])
        #expect(farewell.departure == .refused)
        #expect(error.kind == .connectionLost(outcomeUnknown: false))
        #expect(error.message.contains("DRAINING"))
        #expect(throws: error) { try state.start() }

        let first = try state.receiveResponse(1)
        #expect(first == .waiting)
        #expect(!state.isDrained)
        let second = try state.receiveResponse(2)
        #expect(second == .waiting)
        #expect(state.isDrained)
    }

    @Test("P7.4: an announcement fails no call, takes no further one, and waits for the line")
    func announcement() throws {
        var state = try opened()
        for _ in 0..<2 { _ = try state.start() }
        let announced = try state.receive(
            GoAway(lastCallID: GoAway.announcement, reason: "DRAINING", message: "soon"))
        #expect(announced.unprocessed.isEmpty)
        #expect(announced.departure == .refused)
        #expect(throws: announced.error) { try state.start() }
        let final = try state.receive(GoAway(lastCallID: 1, reason: "DRAINING", message: "now"))
        #expect(final.unprocessed == [2])
        // The pool has heard it.
        #expect(final.departure == nil)
    }

    @Test("P4.5: a call that was given up is in flight until it is answered")
    func cancelledStaysInFlight() throws {
        var state = try opened()
        let callID = try state.start()
        _ = state.giveUp(callID)
        #expect(state.isOwed)
        _ = try state.receiveResponse(callID)
        #expect(!state.isOwed)
        _ = state.giveUp(try state.start())
        let farewell = try state.receive(GoAway(lastCallID: 1, reason: "IDLE", message: ""))
        #expect(farewell.over == 1)
        #expect(farewell.departure == .idle)
        #expect(state.isDrained)
    }

    @Test("when it is lost, what was under way has an unknown outcome and a new call has not")
    func lost() throws {
        var state = try opened()
        _ = try state.start()
        let (calls, error) = state.end()
        #expect(calls == [1])
        #expect(error.kind == .connectionLost(outcomeUnknown: true))
        do {
            _ = try state.start()
            Issue.record("a call was taken after the end")
        } catch {
            #expect(error.kind == .connectionLost(outcomeUnknown: false))
        }
        let again = state.end()
        #expect(again.calls.isEmpty)
    }

    @Test("tells the server once about a call that is given up, and ignores its late answer")
    func givenUp() throws {
        var state = try opened()
        let callID = try state.start()
        let isTold = [state.giveUp(callID), state.giveUp(callID)]
        #expect(isTold == [true, false])
        let late = try state.receiveResponse(callID)
        #expect(late == .late)
    }

    @Test("is not opened by a version that it does not speak, nor by a second Hello")
    func hello() throws {
        var state = ConnectionState()
        #expect(throws: ClientError.self) { try state.receive(Hello(versions: 2...9)) }
        try state.receive(Hello(versions: 1...9, callsMax: 7))
        #expect(state.callsMax == 7)
        #expect(throws: ClientError.self) { try state.receive(Hello()) }
    }

    @Test("P3.4: of a Hello that names no numbers, those of version 1 are taken")
    func helloWithoutNumbers() throws {
        var state = ConnectionState()
        try state.receive(Hello(requestFrameBytesMax: 0, callsMax: 0))
        #expect(state.callsMax == 100 && state.requestFrameBytesMax == 65_536)
    }
}
