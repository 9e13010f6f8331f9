import ArgumentParser

/// `rekeyd keys`: the key ring that an installation's links, codes, sessions and passwords hang on.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List, renew, retire, copy and replace the keys of an installation.",
        discussion: """
            A server reads its ring when it starts. Whatever changes the ring therefore wants the \
            server stopped: from then on nothing is made under the key before. No command shows a \
            key or takes one from a command line.

            Exit codes: 0 done · 64 wrong use · 65 damaged data · 73 the file exists · \
            74 the disk failed · 75 not now: a server runs, or something still needs the key · \
            78 wrong setting or key ring
            """,
        subcommands: [
            KeysListCommand.self, KeysRotateCommand.self, KeysRetireCommand.self,
            KeysExportCommand.self, KeysVerifyCommand.self, KeysReplaceCommand.self,
        ])
}
