import RekeyCore

/// Where a command gets a secret from: a prompt without echo, a file, or the next line of standard
/// input. From a file or a line one newline at the end is not part of it; all else is.
struct SecretReader {
    var input: Input

    /// - Parameters:
    ///   - file: the option's value; "-" for the next line of standard input.
    ///   - prompt: what to ask instead of the kind's own question.
    func read(
        _ kind: SecretKind, _ file: String?, prompt: String? = nil
    ) throws(CommandError) -> Secret {
        let bytes: [UInt8]
        if let file, file != "-" {
            bytes = try Files.readWithoutNewline(file)
        } else if input.isTerminal {
            bytes = try Prompt.hidden(prompt ?? kind.prompt, at: input.descriptor)
        } else if file != nil {
            guard let line = try input.line() else {
                throw .usage(
                    "standard input ended before the \(kind.name)",
                    advice: "write one a line: session, link, code, current password, password, "
                        + "confirmation, those that were given '-'")
            }
            bytes = line
        } else {
            throw .usage(
                "the \(kind.name) is missing, and there is no terminal to ask at",
                advice: "add \(kind.option) FILE, or '\(kind.option) -' for standard input")
        }
        guard !bytes.isEmpty else { throw .usage("the \(kind.name) is empty") }
        return Secret(bytes)
    }

    /// The token of a link: the whole address may be given, then it is what follows the "#", or the
    /// "#cancel=" of one that takes a change back (P8.2).
    func readLink(_ file: String?) throws(CommandError) -> Secret {
        let link = try read(.link, file)
        let token = link.withBytes { bytes in
            bytes.firstIndex(of: UInt8(ascii: "#")).map { mark in
                let fragment = bytes[(mark + 1)...]
                let purpose = "cancel=".utf8
                return Secret(
                    fragment.starts(with: purpose) ? fragment.dropFirst(purpose.count) : fragment)
            }
        }
        guard let token else { return link }
        guard !token.isEmpty else {
            throw .usage("nothing follows the '#' of the link; copy all of it")
        }
        return token
    }

    /// A new password and the same again: asked twice at a terminal; from a file it stands for both
    /// unless a second file is named.
    func readNewPassword(
        _ file: String?, confirmation: String?
    ) throws(CommandError) -> (password: Secret, confirmation: Secret) {
        let password = try read(.password, file, prompt: "New password: ")
        let isAsked = input.isTerminal && (file == nil || file == "-")
        guard confirmation != nil || isAsked else { return (password, password) }
        let again = try read(.confirmation, confirmation)
        guard password == again else {
            throw .usage("the two passwords differ; type the same one twice")
        }
        return (password, again)
    }
}
