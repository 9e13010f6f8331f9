// Fuzzing of what comes from elsewhere: what a start reads from the disk, what a peer sends, and what
// somebody types as a code.
// libFuzzer comes in by the two C functions below, with bytes of its making; the disk is a simulated
// one, and there is no socket. `Tests/Fuzz/run` builds and runs it.
//
//   bytes -> Piece -> JournalImage (checksums made right) -> SimulatedDisk -> open -> oracle
//   bytes -> FrameCheck, MessageCheck, ValueCheck: decode -> encode -> decode -> oracle
//   bytes -> ConnectionCheck: events and times -> the state of a connection -> oracle
//   bytes -> CodeCheck: presented as an activation code -> what they prove -> oracle
//
// The oracle of the disk: a journal opens, or is refused and the disk stays as it was. One that
// opened takes a record, closes, and opens again with the same content and that record. That of the
// wire: bytes are refused, or what they became is packed and read again as the same. That of codes:
// they are compared byte for byte. Traps, sanitizer reports, hangs and greed for memory are
// libFuzzer's to see.
import Glibc
import RekeyFuzzSubjects

/// What is fuzzed; the raw value is the name that the program is started under.
enum FuzzTarget: String {
    case batches = "fuzz-batches"
    case records = "fuzz-records"
    case checkpoints = "fuzz-checkpoints"
    case frames = "fuzz-frames"
    case messages = "fuzz-messages"
    case descriptors = "fuzz-descriptors"
    case requests = "fuzz-requests"
    case replies = "fuzz-replies"
    case connections = "fuzz-connections"
    case codes = "fuzz-codes"

    static let current = FuzzTarget(
        rawValue: CommandLine.arguments[0].split(separator: "/").last.map(String.init) ?? "")

    func check(_ bytes: UnsafeRawBufferPointer) {
        var input = FuzzInput(bytes)
        switch self {
        case .batches: BatchCheck.run(&input)
        case .records: StoreCheck.run(&input, withCheckpoint: false)
        case .checkpoints: StoreCheck.run(&input, withCheckpoint: true)
        case .frames: FrameCheck.run(&input)
        case .messages: MessageCheck.run(&input)
        case .descriptors: MessageCheck.runDescriptorSet(&input)
        case .requests: ValueCheck.run(&input, .server)
        case .replies: ValueCheck.run(&input, .client)
        case .connections: ConnectionCheck.run(&input)
        case .codes: CodeCheck.run(&input)
        }
    }
}

/// What was found is no longer what Rekey promises. libFuzzer keeps the input.
func broken(_ promise: String) -> Never {
    fatalError("BROKEN: \(promise)")
}

/// `fuzz-NAME --seeds FOLDER` writes the inputs that today's own code makes, and ends.
@_cdecl("LLVMFuzzerInitialize")
public func fuzzerInitialize(
    _: UnsafeMutableRawPointer?, _: UnsafeMutableRawPointer?
) -> CInt {
    let arguments = CommandLine.arguments
    guard let target = FuzzTarget.current else { broken("a program name of a fuzz target") }
    if arguments.count == 3, arguments[1] == "--seeds" {
        for (number, seed) in Seeds.make(target).enumerated() {
            write(seed, to: "\(arguments[2])/seed-\(number)")
        }
        exit(0)
    }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    FuzzTarget.current?.check(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

private func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "wb") else { broken("a folder for seeds: \(path)") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { broken("room for \(path)") }
}
