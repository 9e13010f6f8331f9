import CRekeyLinux
import RekeySimulation
import Testing

@testable import RekeyJournal

struct ChecksumTests {
    @Test(
        "CRC32C gives the test vectors of RFC 3720 B.4, by the processor and by table",
        arguments: [
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            ([UInt8](0..<32), 0x46DD_794E),
            ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
        ] as [([UInt8], UInt32)])
    func vectors(bytes: [UInt8], checksum: UInt32) {
        #expect(rekey_crc32c(bytes, bytes.count) == checksum)
        #expect(rekey_crc32c_by_table(bytes, bytes.count) == checksum)
    }

    @Test("The processor and the table agree at every length and alignment")
    func agreement() {
        var generator = SeededGenerator(seed: 1)
        let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
        bytes.withUnsafeBytes { all in
            for start in 0..<16 {
                for end in start..<all.count {
                    let part = UnsafeRawBufferPointer(rebasing: all[start..<end])
                    let table = rekey_crc32c_by_table(part.baseAddress, part.count)
                    #expect(part.checksum == table)
                }
            }
        }
    }
}
