import ArgumentParser

/// `rekeyd config`, which is also `rekeyd help config`: every key, documented.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Explain every setting: key, flag, environment variable, default.")

    func run() {
        print(
            """
            A setting comes from, first match wins:

              a flag of 'rekeyd serve'     --listen-port 7351
              the environment              REKEYD_LISTEN_PORT=7351
              the file of --config (JSON)  { "listen": { "port": 7351 } }
              its default, below

            """)
        for setting in Setting.all {
            print(setting.key)
            for line in setting.help.wrapped(to: 74) { print("    \(line)") }
            print("    default  \(setting.standard.flatMap { $0.isEmpty ? nil : $0 } ?? "none")")
            print("    flag     \(setting.flag)")
            print("    variable \(setting.variable)\n")
        }
    }
}

extension String {
    /// Lines of at most `width` characters, broken at spaces.
    fileprivate func wrapped(to width: Int) -> [String] {
        split(separator: " ").reduce(into: [""]) { lines, word in
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
    }
}
