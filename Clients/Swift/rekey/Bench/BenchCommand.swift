// `rekey bench`: load for a server, and what it answered with how fast. The command line comes in;
// it touches the network through RekeyClient, and the terminal.

import ArgumentParser
import RekeyClient
import RekeyCore

struct BenchCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Call one method as fast as the server answers, and tell how fast that is.",
        discussion: """
            Each connection keeps --depth calls in flight; a reply makes room for the next call. \
            RequestReset and CreateAccount draw a new identifier for each call. Without \
            --population RequestReset's belong to no account, which costs a server the same but \
            for the letters that leave. \
            What it makes stays on the server; its mails go to bench@rekey.invalid. \
            Ctrl-C ends the run and shows what was measured.
            """)

    @Argument(help: "Like RequestReset; one that cannot be called in bulk lists those that can.")
    var method: String

    @Option(help: ArgumentHelp("Connections, 1 to 1024.", valueName: "number"))
    var connections = 64

    @Option(
        help: ArgumentHelp("Calls in flight on each connection, 1 to 100.", valueName: "number"))
    var depth = 1

    @Option(help: ArgumentHelp("How long to call, 0.1 to 3600.", valueName: "seconds"))
    var duration = 10.0

    @Option(
        help: ArgumentHelp(
            "Make so many accounts first and use each once, at most 50000.", valueName: "number"))
    var population: Int?

    @Option(
        help: ArgumentHelp(
            "The profile that makes those accounts, where the one that calls may not.",
            valueName: "folder"))
    var operatorProfile: String?

    @Option(help: "The account that Login or GetAccount is about.")
    var identifier: String?

    @OptionGroup var link: LinkOption
    @OptionGroup var password: PasswordOption
    @OptionGroup var session: SessionOption
    @OptionGroup var remote: RemoteOptions

    private static let durationMax = 3600.0
    /// Half of the letters that may wait, since an account is opened with two.
    static let populationMax = Policy().lettersDueMax / 2

    func validate() throws {
        guard (1...1024).contains(connections) else {
            throw ValidationError("--connections is a number from 1 to 1024.")
        }
        guard (1...100).contains(depth) else {
            throw ValidationError("--depth is a number from 1 to 100.")
        }
        guard (0.1...Self.durationMax).contains(duration) else {
            throw ValidationError("--duration is a number of seconds from 0.1 to 3600.")
        }
        guard (1...Self.populationMax).contains(population ?? 1) else {
            throw ValidationError("--population is a number from 1 to \(Self.populationMax).")
        }
    }

    func run(_ remote: Remote) async throws(CommandError) {
        let identifiers = Identifiers(count: population)
        let workload = try Workload(named: method, of: self, identifiers, remote)
        let progress = ProgressLine(remote.world.errors)
        let interrupts = try Interrupts()
        defer { interrupts.close() }
        if let population {
            try await make(population, identifiers.again(), interrupts, progress, remote)
        }
        let measured = try await load(workload, duration, interrupts, progress, remote)
        let report = BenchReport(
            method: workload.method, connections: connections, depth: depth, measured: measured)
        try remote.world.output.write(
            remote.isJSON ? report.json : report.text(columns: remote.world.output.columns))
        if let lost = measured.lost { throw CommandError(lost) }
    }

    private func make(
        _ count: Int, _ identifiers: Identifiers, _ interrupts: Interrupts,
        _ progress: ProgressLine, _ remote: Remote
    ) async throws(CommandError) {
        var options = self.remote
        options.profile = operatorProfile ?? options.profile
        let maker = try Remote(options, remote.world)
        let result: Result<Void, CommandError>
        do throws(CommandError) {
            let made = try await load(
                .accounts(identifiers), Self.durationMax, interrupts, progress, maker)
            try await Population(count: count, made: made).settle(interrupts, progress, maker)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await maker.close()
        try result.get()
    }

    private func load(
        _ workload: Workload, _ seconds: Double, _ interrupts: Interrupts,
        _ progress: ProgressLine, _ remote: Remote
    ) async throws(CommandError) -> Measured {
        let connections = try await remote.loadConnections(connections)
        let load = Load(
            workload: workload, connections: connections, depth: depth,
            duration: .milliseconds(Int64(seconds * 1000)), timeout: remote.timeout)
        let result: Result<Measured, CommandError>
        do throws(CommandError) {
            result = .success(try await load.run(interrupts, progress))
        } catch {
            result = .failure(error)
        }
        for connection in connections { await connection.close() }
        return try result.get()
    }
}
