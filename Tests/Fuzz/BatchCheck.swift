// fuzz-batches: any segments and checkpoints, chunks and records opaque, through Journal.open.
//
//     0  1  how many of the first files are checkpoints (0 to 3)
//     1  .  pieces
import RekeyJournal
import RekeySimulation

enum BatchCheck {
    /// What an opening hands over, in order.
    private struct Content: Equatable {
        var chunks: [[UInt8]] = []
        var records: [[UInt8]] = []
        var sequences: [UInt64] = []
    }

    static func run(_ input: inout FuzzInput) {
        let disk = image(&input).disk()
        guard
            let (journal, content) = Opening.attempt(
                disk, { () throws(JournalError) in try open(disk) })
        else { return }
        var expected = content
        expected.records.append([1, 2, 3])
        expected.sequences.append(
            Opening.must("an open journal takes a record") { () throws(JournalError) in
                try journal.append([1, 2, 3])
            })
        close(journal)
        let (second, found) = Opening.again { () throws(JournalError) in try open(disk) }
        guard found == expected else { broken("a journal opens again with the same content") }
        close(second)
    }

    static func image(_ input: inout FuzzInput) -> JournalImage {
        let checkpoints = Int(input.byte() ?? 0) % 4
        var files: [[Piece]] = []
        while let piece = Piece(&input) {
            if files.isEmpty || piece.keeps.contains(.file) {
                files.append([piece])
            } else {
                files[files.count - 1].append(piece)
            }
        }
        var image = JournalImage()
        for (index, pieces) in files.enumerated() {
            image.add(index < checkpoints ? .checkpoint : .segment, pieces)
        }
        return image
    }

    private static func open(_ disk: SimulatedDisk) throws(JournalError) -> (Journal, Content) {
        var content = Content()
        let journal = try Journal.open(
            directory: JournalImage.directory, disk: disk, options: JournalImage.options, tag: [],
            restore: { content.chunks.append(Array($0)) },
            replay: { sequence, record in
                content.sequences.append(sequence)
                content.records.append(Array(record))
            },
            onFatal: { broken("a sound disk does not kill the journal: \($0)") })
        return (journal, content)
    }

    private static func close(_ journal: Journal) {
        Opening.must("an open journal closes") { () throws(JournalError) in try journal.close() }
    }
}
