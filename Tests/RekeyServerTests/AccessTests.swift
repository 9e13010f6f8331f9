import Glibc
import NIOCore
import NIOSSL
import RekeyAccess
import RekeyCore
import RekeyServer
import RekeyService
import RekeyTestSupport
import RekeyWire
import Synchronization
import Testing

@Suite("Who comes in over TLS, and what they may call")
struct AccessTests {
    /// A client's side of TLS.
    ///
    /// - Parameters:
    ///   - profile: a folder with identity.pem; nil to show no certificate.
    ///   - trusting: whose authority the server's certificate must be of.
    private func tls(
        _ profile: String?, trusting access: AccessFolder, upTo maximum: TLSVersion? = nil
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(access.files.authority)
        configuration.maximumTLSVersion = maximum
        if let profile {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(
                "\(profile)/identity.pem"
            ).map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: "\(profile)/identity.pem", format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// What a client of this profile sees first; nil when no frame ever came.
    private func first(_ port: Int, _ context: NIOSSLContext) async -> RawClient.Received? {
        do {
            let client = try await RawClient(port: port, tls: context)
            let received = try await client.next()
            return received == .closed ? nil : received
        } catch {
            return nil
        }
    }

    @Test("R74, R76: a known caller's call is answered over TLS")
    func right() async throws {
        let access = try AccessFolder()
        let profile = try access.issue("portal", .service)
        try await Serving.run(access: access) { serving in
            let client = try await RawClient(
                port: serving.port, tls: try tls(profile, trusting: access))
            try await client.greet()
            try await client.send(client.request(Health.self, .init(), id: 1))
            #expect(try await client.next() == .reply(1, [8, 1]))
        }
    }

    @Test(
        "R75: without a certificate, or with one that is expired or another authority's, no frame comes"
    )
    func strangers() async throws {
        let access = try AccessFolder()
        let other = try AccessFolder()
        let past = AccessFolder.clock - .hours(91 * 24)
        let expired = try access.issue("portal", .service, at: AccessFolder.clock)
        try access.registry(at: past).renew("portal", profile: expired, servers: [])
        let foreign = try other.issue("portal", .service)
        let right = try access.issue("desk", .operator)
        try await Serving.run(access: access) { serving in
            #expect(await first(serving.port, try tls(nil, trusting: access)) == nil)
            #expect(await first(serving.port, try tls(expired, trusting: access)) == nil)
            #expect(await first(serving.port, try tls(foreign, trusting: access)) == nil)
            // The server's own certificate is no caller's.
            let server = "\(access.path)/server-as-caller"
            try access.registry().issue("x", .service, profile: server, servers: [])
            try access.write("server-as-caller/identity.pem", try access.text("server.pem"))
            #expect(await first(serving.port, try tls(server, trusting: access)) == nil)
            #expect(
                await first(serving.port, try tls(right, trusting: access, upTo: .tlsv12)) == nil)
            // A client may see the end of its handshake before the server counts it.
            let failed = serving.world.service.state
            while failed.handshakesFailed.load(ordering: .relaxed) < 5 { await Task.yield() }
            #expect(await first(serving.port, try tls(right, trusting: access)) == .hello(Hello()))
        }
    }

    @Test("R74: a client that speaks plaintext gets no frame, and nobody else notices")
    func plaintext() async throws {
        let access = try AccessFolder()
        let profile = try access.issue("portal", .service)
        try await Serving.run(access: access) { serving in
            let client = try await RawClient(port: serving.port)
            try await client.send(.hello(Hello()))
            // What comes is TLS's alert, and the end.
            let bytes = try? await client.nextBytes()
            #expect(bytes == nil)
            #expect(
                await first(serving.port, try tls(profile, trusting: access)) == .hello(Hello()))
        }
    }

    @Test("R76: an unknown caller and a revoked certificate are told so and ended")
    func refused() async throws {
        let access = try AccessFolder()
        let unknown = try access.issue("gone", .service)
        try access.write("callers.json", "{}")
        let revoked = try access.issue("portal", .service)
        _ = try access.registry().revoke("portal")
        try await Serving.run(access: access) { serving in
            for (profile, reason) in [
                (unknown, "CALLER_UNKNOWN"), (revoked, "CERTIFICATE_REVOKED"),
            ] {
                let client = try await RawClient(
                    port: serving.port, tls: try tls(profile, trusting: access))
                try await client.greet()
                #expect(try await client.next().goAwayReason == reason)
                #expect(try await client.next() == .closed)
            }
        }
    }

    @Test("R76: a reload ends the live connections that may no longer be, and no other")
    func reload() async throws {
        let access = try AccessFolder()
        let portal = try access.issue("portal", .service)
        let desk = try access.issue("desk", .operator)
        let gone = try access.issue("gone", .monitor)
        try await Serving.run(access: access) { serving in
            var clients: [RawClient] = []
            for profile in [portal, desk, gone] {
                let client = try await RawClient(
                    port: serving.port, tls: try tls(profile, trusting: access))
                try await client.greet()
                clients.append(client)
            }
            _ = try access.registry().revoke("portal")
            try access.write(
                "callers.json", #"{"portal": {"role": "service"}, "desk": {"role": "operator"}}"#)
            try await serving.server.reloadAccess()
            #expect(try await clients[0].next().goAwayReason == "CERTIFICATE_REVOKED")
            #expect(try await clients[2].next().goAwayReason == "CALLER_UNKNOWN")
            try await clients[1].send(clients[1].request(Health.self, .init(), id: 1))
            #expect(try await clients[1].next() == .reply(1, [8, 1]))
        }
    }

    @Test("R76: callers that cannot be read stay as they were, and the certificate does not wait")
    func callersStay() async throws {
        let access = try AccessFolder(at: AccessFolder.clock - .hours(24))
        let portal = try access.issue("portal", .service)
        try await Serving.run(access: access) { serving in
            let before = try #require(serving.world.service.state.certificateValidUntil)
            let client = try await RawClient(
                port: serving.port, tls: try tls(portal, trusting: access))
            try await client.greet()
            try access.registry(at: AccessFolder.clock)
                .renew(CallerRegistry.server, profile: "", servers: [])
            try access.write("callers.json", "{")
            let error = await #expect(throws: ReloadError.self) {
                try await serving.server.reloadAccess()
            }
            #expect((error?.access as? AccessError)?.description.contains("callers.json") == true)
            #expect(error?.identity == nil)
            try await client.send(client.request(Health.self, .init(), id: 1))
            #expect(try await client.next() == .reply(1, [8, 1]))
            #expect(
                await first(serving.port, try tls(portal, trusting: access)) == .hello(Hello()))
            let after = try #require(serving.world.service.state.certificateValidUntil)
            #expect(after >= before + .hours(24))
        }
    }

    @Test("R76: a revocation does not wait for a certificate that cannot be used")
    func revocationHolds() async throws {
        let access = try AccessFolder()
        let portal = try access.issue("portal", .service)
        let desk = try access.issue("desk", .operator)
        try await Serving.run(access: access) { serving in
            let client = try await RawClient(
                port: serving.port, tls: try tls(portal, trusting: access))
            try await client.greet()
            _ = try access.registry().revoke("portal")
            try access.write("server.pem", "nothing")
            let error = await #expect(throws: ReloadError.self) {
                try await serving.server.reloadAccess()
            }
            #expect((error?.identity as? AccessError)?.description.contains("server.pem") == true)
            #expect(error?.access == nil)
            #expect(try await client.next().goAwayReason == "CERTIFICATE_REVOKED")
            // The certificate of before goes on.
            #expect(
                await first(serving.port, try tls(desk, trusting: access)) == .hello(Hello()))
        }
    }

    @Test("R76: an authority that is taken away ends the live connections under it, and no other")
    func authorityTakenAway() async throws {
        let access = try AccessFolder()
        let other = try AccessFolder()
        let portal = try access.issue("portal", .service)
        let desk = try other.issue("desk", .operator)
        try access.write(
            "callers.json", #"{"portal": {"role": "service"}, "desk": {"role": "operator"}}"#)
        let own = try access.text("ca.pem")
        try access.write("ca.pem", own + (try other.text("ca.pem")))
        try await Serving.run(access: access) { serving in
            var clients: [RawClient] = []
            for profile in [portal, desk] {
                let client = try await RawClient(
                    port: serving.port, tls: try tls(profile, trusting: access))
                try await client.greet()
                clients.append(client)
            }
            // Nothing was taken away yet.
            try await serving.server.reloadAccess()
            try await clients[1].send(clients[1].request(Health.self, .init(), id: 1))
            #expect(try await clients[1].next() == .reply(1, [8, 1]))

            try access.write("ca.pem", own)
            try await serving.server.reloadAccess()
            #expect(try await clients[1].next().goAwayReason == "AUTHORITIES_CHANGED")
            #expect(try await clients[1].next() == .closed)
            #expect(await first(serving.port, try tls(desk, trusting: access)) == nil)
            try await clients[0].send(clients[0].request(Health.self, .init(), id: 2))
            #expect(try await clients[0].next() == .reply(2, [8, 1]))
        }
    }

    @Test("R75: a connection that was judged again still ends with its certificate")
    func expiresLive() async throws {
        let access = try AccessFolder()
        let portal = try access.issue("portal", .service)
        let begun = AccessFolder.clock - .hours(90 * 24) + .seconds(4)
        try access.registry(at: begun).renew("portal", profile: portal, servers: [])
        try await Serving.run(access: access) { serving in
            let client = try await RawClient(
                port: serving.port, tls: try tls(portal, trusting: access))
            try await client.greet()
            try await serving.server.reloadAccess()
            #expect(try await client.next().goAwayReason == "CERTIFICATE_EXPIRED")
        }
    }

    @Test("R85: whoever is refused takes no place of an honest caller's, and fills no log")
    func refusedTakeNoPlace() async throws {
        let access = try AccessFolder()
        let stolen = try access.issue("portal", .service)
        let good = "\(access.path)/good"
        _ = try access.registry().revoke("portal")
        try access.registry().renew("portal", profile: good, servers: [])
        let log = RecordedLog()
        try await Serving.run(access: access, connectionsPerCaller: 2, log: log) { serving in
            let context = try tls(stolen, trusting: access)
            var thieves: [RawClient] = []
            for _ in 0..<5 {
                let thief = try await RawClient(port: serving.port, tls: context)
                try await thief.greet()
                #expect(try await thief.next().goAwayReason == "CERTIFICATE_REVOKED")
                thieves.append(thief)
            }
            var owners: [RawClient] = []
            for id in 1...2 {
                let owner = try await RawClient(
                    port: serving.port, tls: try tls(good, trusting: access))
                try await owner.greet()
                try await owner.send(owner.request(Health.self, .init(), id: UInt64(id)))
                #expect(try await owner.next() == .reply(UInt64(id), [8, 1]))
                owners.append(owner)
            }
            withExtendedLifetime((thieves, owners)) {}
        }
        let lines = log.lines(with: "a caller is refused")
        #expect(lines.count == 1)
        #expect(lines.first?.contains("caller=portal") == true)
        #expect(lines.first?.contains("why=CERTIFICATE_REVOKED") == true)
    }

    @Test("A renewed server's certificate is shown to who comes next, and nobody's connection ends")
    func renewedServer() async throws {
        let access = try AccessFolder(at: AccessFolder.clock - .hours(24))
        let portal = try access.issue("portal", .service)
        try await Serving.run(access: access) { serving in
            let before = try #require(serving.world.service.state.certificateValidUntil)
            let client = try await RawClient(
                port: serving.port, tls: try tls(portal, trusting: access))
            try await client.greet()
            try access.registry(at: AccessFolder.clock)
                .renew(CallerRegistry.server, profile: "", servers: [])
            try await serving.server.reloadAccess()
            let after = try #require(serving.world.service.state.certificateValidUntil)
            #expect(after >= before + .hours(24))
            try await client.send(client.request(Health.self, .init(), id: 1))
            #expect(try await client.next() == .reply(1, [8, 1]))
            #expect(
                await first(serving.port, try tls(portal, trusting: access)) == .hello(Hello()))
        }
    }

    @Test("R76: a role's caller is refused what the role may not call, and the connection goes on")
    func wrongRole() async throws {
        let access = try AccessFolder()
        let portal = try access.issue("portal", .service)
        try await Serving.run(access: access) { serving in
            let client = try await RawClient(
                port: serving.port, tls: try tls(portal, trusting: access))
            try await client.greet()
            try await client.send(client.request(ServerStatus.self, Nothing(), id: 1))
            guard case .failure(1, let failure) = try await client.next() else {
                Issue.record("not refused")
                return
            }
            #expect(failure.reason == "METHOD_FORBIDDEN")
            #expect(failure.status == .permissionDenied)
            try await client.send(client.request(Health.self, .init(), id: 2))
            #expect(try await client.next() == .reply(2, [8, 1]))
            // A narrower role holds for the next call.
            try access.write(
                "callers.json",
                #"{"portal": {"role": "service", "methods": ["rekey.v1.Rekey/Login"]}}"#)
            try await serving.server.reloadAccess()
            try await client.send(client.request(Health.self, .init(), id: 3))
            guard case .failure(3, let narrowed) = try await client.next() else {
                Issue.record("not narrowed")
                return
            }
            #expect(narrowed.reason == "METHOD_FORBIDDEN")
        }
    }

    @Test(
        "R76: calls that a role has not leave one line in the log, with the caller and the method")
    func forbiddenIsLogged() async throws {
        let access = try AccessFolder()
        let portal = try access.issue("portal", .service)
        let log = RecordedLog()
        try await Serving.run(access: access, log: log) { serving in
            let client = try await RawClient(
                port: serving.port, tls: try tls(portal, trusting: access))
            try await client.greet()
            for id in 1...3 {
                try await client.send(
                    client.request(ServerStatus.self, Nothing(), id: UInt64(id)))
                guard case .failure = try await client.next() else {
                    Issue.record("not refused")
                    return
                }
            }
        }
        let lines = log.lines(with: "a call is forbidden to this caller")
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("notice ") == true)
        #expect(lines.first?.contains("caller=portal") == true)
        #expect(lines.first?.contains("method=rekey.v1.Operator/ServerStatus") == true)
    }

    @Test("R85: a caller gets half of the connections at most, whatever it is set to")
    func halfPerCaller() async throws {
        let access = try AccessFolder()
        let portal = try access.issue("portal", .service)
        let desk = try access.issue("desk", .operator)
        let log = RecordedLog()
        try await Serving.run(access: access, connectionsMax: 4, log: log) { serving in
            var clients: [RawClient] = []
            let wanted = [(portal, true), (portal, true), (portal, false), (desk, true)]
            for (profile, isServed) in wanted {
                let client = try await RawClient(
                    port: serving.port, tls: try tls(profile, trusting: access))
                try await client.greet()
                if isServed {
                    try await client.send(client.request(Health.self, .init(), id: 1))
                    #expect(try await client.next() == .reply(1, [8, 1]))
                } else {
                    #expect(try await client.next().goAwayReason == "TOO_MANY_CONNECTIONS")
                }
                clients.append(client)
            }
            withExtendedLifetime(clients) {}
        }
        let lines = log.lines(with: "fewer connections")
        #expect(lines.count == 1)
        #expect(lines.first?.contains("in all=4 per caller=2 setting=1000") == true)
    }

    @Test("R85: a server takes all the open files that it may have")
    func openFiles() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var files = rlimit()
        getrlimit(resource, &files)
        files.rlim_cur = files.rlim_max - 1
        setrlimit(resource, &files)
        OpenFiles.raiseLimit()
        getrlimit(resource, &files)
        #expect(files.rlim_cur == files.rlim_max)
    }

    @Test("R85: a caller has a number of connections, and others have theirs")
    func perCaller() async throws {
        let access = try AccessFolder()
        let portal = try access.issue("portal", .service)
        let desk = try access.issue("desk", .operator)
        try await Serving.run(access: access, connectionsPerCaller: 2) { serving in
            let context = try tls(portal, trusting: access)
            let first = try await RawClient(port: serving.port, tls: context)
            try await first.greet()
            let second = try await RawClient(port: serving.port, tls: context)
            try await second.greet()
            let third = try await RawClient(port: serving.port, tls: context)
            try await third.greet()
            #expect(try await third.next().goAwayReason == "TOO_MANY_CONNECTIONS")
            let other = try await RawClient(
                port: serving.port, tls: try tls(desk, trusting: access))
            try await other.greet()
            try await other.send(other.request(Health.self, .init(), id: 1))
            #expect(try await other.next() == .reply(1, [8, 1]))
        }
    }

    @Test("R85: strangers who never finish their handshakes keep nobody out")
    func stalledHandshakes() async throws {
        let access = try AccessFolder()
        let portal = try access.issue("portal", .service)
        try await Serving.run(access: access) { serving in
            var strangers: [RawClient] = []
            for _ in 0..<300 { strangers.append(try await RawClient(port: serving.port)) }
            #expect(
                await first(serving.port, try tls(portal, trusting: access)) == .hello(Hello()))
            // The oldest went to make room.
            #expect(try await strangers[0].next() == .closed)
            withExtendedLifetime(strangers) {}
        }
    }
}
