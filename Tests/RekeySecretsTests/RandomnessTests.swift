import RekeyCore
import RekeySecrets
import RekeyTestSupport
import Testing

@Suite struct RandomnessTests {
    @Test("R12, R58: identifiers of resets and sessions are 128 bits, each of which varies")
    func entropy() {
        let source = SystemRandomness()
        for draw in [
            { source.resetID().rawValue }, { source.sessionID().rawValue },
            { source.letterID().rawValue },
        ] {
            let drawn = (0..<200).map { _ in draw() }
            #expect(Set(drawn).count == drawn.count)
            #expect(drawn.reduce(0, |) == .max)
            #expect(drawn.reduce(.max, &) == 0)
        }
    }

    @Test("a source gives exactly as many bytes as asked for", arguments: [0, 1, 7, 8, 32, 1000])
    func count(_ count: Int) {
        #expect(SystemRandomness().bytes(count).count == count)
        #expect(SeededRandomness(seed: 1).bytes(count).count == count)
    }

    @Test("a seed replays a run, and another seed does not")
    func seeded() {
        let (first, again) = (SeededRandomness(seed: 4), SeededRandomness(seed: 4))
        #expect((0..<9).map { first.bytes($0) } == (0..<9).map { again.bytes($0) })
        #expect(SeededRandomness(seed: 4).bytes(16) != SeededRandomness(seed: 5).bytes(16))
    }
}
