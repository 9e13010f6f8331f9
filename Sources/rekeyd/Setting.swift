/// One key of the configuration, as people find it in `rekeyd help config`.
struct Setting: Sendable {
    let key: String
    /// What stands when nobody says otherwise; nil where it must be said.
    let standard: String?
    let help: String

    /// "listen.port" as a flag: --listen-port
    var flag: String { "--" + key.replacing(".", with: "-") }

    /// "listen.port" in the environment: REKEYD_LISTEN_PORT
    var variable: String {
        "REKEYD_" + key.uppercased().replacing(".", with: "_").replacing("-", with: "_")
    }
}

extension Setting {
    /// Every key there is, in the order of the help.
    static let all = beforeLimits + limits + afterLimits

    private static let beforeLimits: [Setting] = [
        Setting(
            key: "data.directory", standard: "data",
            help:
                "The store: log and checkpoints. Paths are relative to the folder of --config's file."
        ),
        Setting(
            key: "data.checkpoint-mib", standard: "64",
            help: "MiB of log after which a checkpoint is written, so that a start stays short."),
        Setting(
            key: "keys.file", standard: "keys",
            help: "The key ring, mode 0600, outside the data directory and its backups."),
        Setting(
            key: "listen.host", standard: "127.0.0.1",
            help:
                "An address of this machine; 0.0.0.0 or :: for all of them. Without TLS 127.0.0.1 or "
                + "::1."),
        Setting(key: "listen.port", standard: "7350", help: "A TCP port; 0 takes a free one."),
        Setting(
            key: "listen.port-file", standard: "",
            help: "A file that the port is written to once connections are taken; empty: none."),
        Setting(
            key: "listen.plaintext-on-loopback", standard: "false",
            help: "Speak without TLS, to this machine only; whoever reaches the port may then call "
                + "everything."),
        Setting(
            key: "listen.connections-per-caller", standard: "1000",
            help: "Connections of one caller; more are told that there is no room. With TLS half "
                + "of what the limit of open files leaves room for, at most."),
        Setting(
            key: "tls.certificate", standard: "tls/server.pem",
            help: "The server's certificate and those between it and its authority, in PEM."),
        Setting(
            key: "tls.key", standard: "tls/server.pem",
            help: "Its private key, in PEM, mode 0600; it may be the same file."),
        Setting(
            key: "tls.authority", standard: "tls/ca.pem",
            help:
                "Who signs callers' certificates, in PEM: the installation's own authority, or your "
                + "company's."),
        Setting(
            key: "tls.authority-key", standard: "tls/ca.key",
            help:
                "The private key of an authority of the installation's own, for 'rekeyd cert'; the "
                + "server does not read it."),
        Setting(
            key: "tls.callers", standard: "tls/callers.json",
            help: "Who may call, and as what: the names in certificates and their roles, like "
                + "{\"portal\": {\"role\": \"service\"}}; \"methods\" beside the role narrows it."),
        Setting(
            key: "tls.revoked", standard: "tls/revoked",
            help:
                "Certificates that were taken back: the SHA-256 of each, one a line. All files of "
                + "tls are read again on SIGHUP."),
        Setting(
            key: "tls.issued", standard: "tls/issued",
            help: "Copies of the certificates that 'rekeyd cert' gave out."),
        Setting(
            key: "letters.folder", standard: "letters",
            help: "Where letters go: mail/ is a Maildir, sms/ holds a file per SMS. Outside the "
                + "data directory."),
        Setting(
            key: "letters.institution", standard: "CREDIT MUNICIPAL DE PARIS",
            help: "The name in subjects and SMS."),
        Setting(
            key: "letters.signature", standard: "CRÉDIT MUNICIPAL DE PARIS",
            help: "The name under mails."),
        Setting(
            key: "letters.address", standard: "55 rue des Francs-Bourgeois,75004 PARIS",
            help: "The lines under the signature, separated by commas."),
        Setting(
            key: "letters.opening-hours-fr",
            standard: "Ouvert du lundi au samedi de 9h00 à 17h00",
            help: "The last line of mails in French; empty: none."),
        Setting(
            key: "letters.opening-hours-en",
            standard: "Open Monday to Saturday, 9 a.m. to 5 p.m.",
            help: "The last line of mails in English; empty: none."),
        Setting(
            key: "letters.sender", standard: "espacepersonnel@creditmunicipal.fr",
            help: "The From of mails."),
        Setting(
            key: "letters.mail-domain", standard: "creditmunicipal.fr",
            help: "The domain in Message-IDs."),
        Setting(
            key: "letters.link-base", standard: "https://espacepersonnel.creditmunicipal.fr/ep",
            help: "The https page that links lead to; the link's token follows a #."),
        Setting(
            key: "policy.link-life", standard: "12h", help: "How long a link opens; at most 24h."),
        Setting(
            key: "policy.activation-link-life", standard: "24h",
            help: "How long the link of a new account opens; at most 24h."),
        Setting(
            key: "policy.code-life", standard: "10min",
            help: "How long a code is good; above 10min only with policy.allow-long-code."),
        Setting(
            key: "policy.allow-long-code", standard: "false",
            help: "Accept a code life above 10min. Said in the log at every start."),
        Setting(
            key: "policy.contact-hold", standard: "24h",
            help: "After a change of contacts, or a deletion, nobody recovers the account for this "
                + "long, or opens another one in its place, and the contact of before can take it "
                + "back; 1h to 168h."),
        Setting(
            key: "policy.password-min", standard: "15",
            help: "Characters of a password, at least; 8 to 14 only with "
                + "policy.allow-short-password."),
        Setting(
            key: "policy.allow-short-password", standard: "false",
            help: "Accept a password minimum of 8 to 14. Said in the log at every start."),
        Setting(
            key: "policy.session-idle", standard: "5min",
            help: "A session ends after this long without use; at most 1h."),
        Setting(
            key: "policy.session-life", standard: "8h",
            help: "A session ends this long after login; at most 24h."),
    ]

    private static let afterLimits: [Setting] = [
        Setting(
            key: "clock.accept-behind", standard: "false",
            help:
                "Start though the clock is more than 5 min behind the newest record; time goes on "
                + "from that record. Said in the log; take it away afterwards."),
        Setting(
            key: "clock.accept-ahead", standard: "false",
            help:
                "Follow a clock that leaps ahead by more than 1 h, at a start or later; links, codes "
                + "and sessions end early. Said in the log; take it away afterwards."),
        Setting(
            key: "hashing.threads", standard: "0",
            help: "Passwords hashed at once; 0: as many as there are processors. Each takes "
                + "hashing.memory-mib."),
        Setting(
            key: "hashing.queue", standard: "32",
            help: "Passwords that wait for it, 1 to 10000; one more is refused with OVERLOADED."),
        Setting(
            key: "hashing.memory-mib", standard: "19",
            help: "What argon2id takes for a new password, 19 to 1024; a password that was set "
                + "with less is hashed anew at its next login. 'rekeyd calibrate' proposes both …"),
        Setting(
            key: "hashing.passes", standard: "2", help: "… and how often it goes over it, 2 to 10."),
        Setting(
            key: "log.level", standard: "info",
            help: "trace, debug, info, notice, warning, error or critical, on standard error."),
    ]

    static func named(_ key: String) -> Setting? { all.first { $0.key == key } }
}
