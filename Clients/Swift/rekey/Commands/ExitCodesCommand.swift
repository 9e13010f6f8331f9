import ArgumentParser

/// `rekey exit-codes`, which is also `rekey help exit-codes`.
struct ExitCodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exit-codes", abstract: "Explain the exit codes.",
        discussion: ExitClass.table)

    func run() throws { try Output.descriptor(1).write(ExitClass.table + "\n") }
}
