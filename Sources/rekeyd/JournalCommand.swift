import ArgumentParser

/// `rekeyd journal`: looks at a store that no server has open.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Look at a store's log and checkpoints, without changing them.",
        discussion: """
            Only while no server has the store open: its end would move. A server that starts \
            meanwhile is refused. To look at a running one, look at a snapshot of its volume.
            """,
        subcommands: [JournalVerifyCommand.self, JournalDumpCommand.self])
}
