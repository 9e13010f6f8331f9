// The journal beside the raw limit of the disk under it: the same bytes written and synced by a bare
// loop, in turns within one run. Run by Tests/Benchmarks/journal, which builds it in release mode.
//
//   journal-benchmark FOLDER [SECONDS]     FOLDER on the file system to be measured; SECONDS a turn
import Foundation

let arguments = CommandLine.arguments
guard (2...3).contains(arguments.count), let seconds = Double(arguments.dropFirst(2).first ?? "0.5")
else {
    FileHandle.standardError.write(Data("usage: journal-benchmark FOLDER [SECONDS]\n".utf8))
    exit(64)
}
do {
    try Report(folder: arguments[1], turn: .seconds(seconds)).run()
} catch {
    FileHandle.standardError.write(Data("journal-benchmark: \(error)\n".utf8))
    exit(1)
}
