// Decodes what Tests/Fuzz/differential sends it, which compares the answers with others'.
//   wire-decoder --subjects   the messages it knows, a line each: "server rekey.v1.LoginRequest"
//   wire-decoder              reads cases from standard input to its end, then writes the answers
//
//   case    u16 index of the subject, u32 count, bytes            integers little-endian
//   answer  twice, for scan and library, then for our types:      u8 verdict, u32 count, bytes
import Glibc
import RekeyCore
import RekeyFuzzSubjects
import RekeyWire

/// What becomes of one half.
enum Verdict: UInt8 {
    /// Bytes: packed again.
    case accepted = 0x41
    /// Bytes: why.
    case refused = 0x52
    /// It parses, but a field cannot be used. Bytes: which.
    case fieldRefused = 0x46
    /// No type of ours stands for it.
    case absent = 0x2D
}

func standardInput() -> [UInt8] {
    var all: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(STDIN_FILENO, &part, part.count), count > 0 {
        all += part[..<count]
    }
    return all
}

/// Whether all of it could be written.
func writeToStandardOutput(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
    }
    return true
}

func answer(_ verdict: Verdict, _ bytes: some Collection<UInt8>) -> [UInt8] {
    [verdict.rawValue] + (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
}

func scanned(_ bytes: UnsafeRawBufferPointer, _ subject: WireSubject) -> [UInt8] {
    do {
        guard let packed = try Repacking.repack(bytes, as: subject.descriptor) else {
            return answer(.refused, "the library".utf8)
        }
        return answer(.accepted, packed)
    } catch {
        return answer(.refused, error.description.utf8)
    }
}

func converted(
    _ bytes: UnsafeRawBufferPointer, _ subject: WireSubject, _ arena: Arena
) -> [UInt8] {
    do {
        guard let recoded = try subject.recode(bytes, in: arena) else { return answer(.absent, []) }
        return answer(.accepted, recoded)
    } catch {
        guard error.reason != .bodyInvalid else { return answer(.refused, error.message.utf8) }
        return answer(.fieldRefused, (error.details.first?.field ?? "").utf8)
    }
}

if CommandLine.arguments.dropFirst() == ["--subjects"] {
    for subject in WireSubject.all { print(subject.name) }
    exit(0)
}

let arena = Arena()
var answers: [UInt8] = []
standardInput().withUnsafeBytes { cases in
    var position = 0
    func number<Number: FixedWidthInteger>(_: Number.Type) -> Int {
        defer { position += MemoryLayout<Number>.size }
        let number = cases.loadUnaligned(fromByteOffset: position, as: Number.self)
        return Int(Number(littleEndian: number))
    }
    while position < cases.count {
        let subject = WireSubject.all[number(UInt16.self)]
        let count = number(UInt32.self)
        let bytes = UnsafeRawBufferPointer(rebasing: cases[position..<position + count])
        position += count
        answers += scanned(bytes, subject) + converted(bytes, subject, arena)
    }
}
guard writeToStandardOutput(answers) else { exit(1) }
