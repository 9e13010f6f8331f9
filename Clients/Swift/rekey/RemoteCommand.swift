import ArgumentParser

/// A subcommand that calls the server.
protocol RemoteCommand: AsyncParsableCommand {
    var remote: RemoteOptions { get }

    func run(_ remote: Remote) async throws(CommandError)
}

extension RemoteCommand {
    func run() async throws {
        let exit = await run(in: .process)
        if exit != .done { throw ExitCode(exit.rawValue) }
    }

    /// Does it and says what went wrong, to whom it concerns.
    func run(in world: World) async -> ExitClass {
        do throws(CommandError) {
            let server = try Remote(remote, world)
            do throws(CommandError) {
                try await run(server)
            } catch {
                await server.close()
                throw error
            }
            await server.close()
            return .done
        } catch {
            // Nobody is left to tell when standard error is closed too.
            try? world.errors.write(remote.json ? error.json : error.text)
            return error.exit
        }
    }
}
