import Foundation

/// Runs a script of Python's standard library, to have our formats read by somebody else's code.
enum Python {
    struct Failed: Error {
        let status: Int32
        let message: String
    }

    static func run(_ script: String, argument: String) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, argument]
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let message = complaint.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(
                status: process.terminationStatus, message: String(decoding: message, as: UTF8.self)
            )
        }
        return data
    }
}
