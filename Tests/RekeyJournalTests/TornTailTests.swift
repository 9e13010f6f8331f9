import RekeySimulation
import Testing

@testable import RekeyJournal

struct TornTailTests {
    private func tail(
        end: UInt64? = 9000, last kind: BatchKind = .records, stranger: UInt64? = nil,
        later: (offset: UInt64, sequence: UInt64)? = nil, laterSegment: Bool = false,
        checkpoint: UInt64 = 0
    ) -> TornTail {
        let header = FileHeader(
            kind: .segment, storeID: Store.id, number: 1, firstSequence: 6, epoch: 1,
            previousDigest: 0, fileBytes: 4 << 20)
        var last = LogCursor(before: header)
        last.kind = kind
        return TornTail.judge(
            TailFacts(
                offset: 8192, last: last, endOfContent: end, strangerSequence: stranger,
                later: later, hasLaterSegment: laterSegment, checkpoint: checkpoint))
    }

    private func isDamage(_ verdict: TornTail) -> Bool {
        if case .damaged = verdict { true } else { false }
    }

    @Test("Zeros behind the last good batch are a clean end")
    func clean() { #expect(tail(end: nil) == .clean) }

    @Test("Bytes within 1 MiB that nothing contradicts are a torn tail")
    func torn() {
        #expect(tail() == .torn(8192..<9000))
        #expect(tail(end: 8192 + (1 << 20)) == .torn(8192..<8192 + (1 << 20)))
    }

    @Test("Bytes beyond 1 MiB are damage")
    func far() { #expect(isDamage(tail(end: 8193 + (1 << 20)))) }

    @Test("A valid header behind it is damage")
    func later() { #expect(isDamage(tail(later: (12288, 7)))) }

    @Test("A valid header in its place that does not follow is damage")
    func stranger() { #expect(isDamage(tail(stranger: 9))) }

    @Test("A later segment makes it damage, even if zeros are all there is")
    func laterSegment() {
        #expect(isDamage(tail(laterSegment: true)))
        #expect(isDamage(tail(end: nil, laterSegment: true)))
    }

    @Test("A log that ends below a checkpoint is damage, even if zeros are all there is")
    func belowCheckpoint() {
        #expect(isDamage(tail(checkpoint: 6)))
        #expect(isDamage(tail(end: nil, checkpoint: 6)))
        #expect(tail(checkpoint: 5) == .torn(8192..<9000))
    }

    @Test("Anything behind a seal is damage")
    func behindSeal() {
        #expect(isDamage(tail(last: .seal)))
        #expect(tail(end: nil, last: .seal) == .clean)
    }
}
