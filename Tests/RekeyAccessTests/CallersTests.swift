import RekeyAccess
import RekeyCore
import RekeyTestSupport
import Testing

@Suite("Callers and revocations, as their files say")
struct CallersTests {
    private static let login = "rekey.v1.Rekey/Login"
    private static let reset = "rekey.v1.Rekey/RequestReset"

    private func judge(_ folder: AccessFolder, _ name: String) throws -> Access.Judgement {
        let certificate = try #require(try folder.presented("\(folder.path)/\(name)/identity.pem"))
        return try folder.files.access().judge(certificate, at: AccessFolder.clock)
    }

    @Test("R76: a certificate's name has the role that the file gives it, and no other")
    func roles() throws {
        let folder = try AccessFolder()
        for role in Role.allCases {
            try folder.issue("a-\(role.name)", role)
            guard case .caller(let caller) = try judge(folder, "a-\(role.name)") else {
                Issue.record("\(role) is not known")
                continue
            }
            #expect(caller.name == "a-\(role.name)")
            for other in Role.allCases {
                #expect(caller.may(Self.login, of: RoleSet(other)) == (role == other))
            }
        }
    }

    @Test("R76: a method that names no role is nobody's")
    func defaultDeny() throws {
        let caller = Caller(name: "portal", role: .service)
        #expect(!caller.may(Self.login, of: []))
    }

    @Test("R76: a name that is not in the file may not come in, whoever signed it")
    func unknown() throws {
        let folder = try AccessFolder()
        try folder.issue("portal", .service)
        try folder.write("callers.json", "{}")
        #expect(try judge(folder, "portal") == .unknown)
    }

    @Test("R76: a caller can be given fewer methods than its role has")
    func narrowed() throws {
        let folder = try AccessFolder()
        try folder.issue("portal", .service)
        try folder.write(
            "callers.json", #"{"portal": {"role": "service", "methods": ["\#(Self.reset)"]}}"#)
        let caller = try #require(
            try judge(folder, "portal")
                == .caller(
                    Caller(name: "portal", role: .service, methods: [Self.reset]))
                ? Caller(name: "portal", role: .service, methods: [Self.reset]) : nil)
        #expect(caller.may(Self.reset, of: RoleSet(.service)))
        #expect(!caller.may(Self.login, of: RoleSet(.service)))
        // The registry keeps what somebody wrote by hand.
        try folder.issue("second", .monitor)
        #expect(
            try judge(folder, "portal")
                == .caller(Caller(name: "portal", role: .service, methods: [Self.reset])))
    }

    @Test(
        "R76: a revoked certificate is refused, its successor is not, and an expired one is told apart"
    )
    func revoked() throws {
        let folder = try AccessFolder()
        let profile = try folder.issue("portal", .service)
        let revoked = try folder.registry().revoke("portal")
        #expect(revoked.count == 1)
        #expect(try judge(folder, "portal") == .revoked)
        #expect(try folder.registry().revoke("portal") == [])
        try folder.registry().renew("portal", profile: profile, servers: [])
        #expect(try judge(folder, "portal") == .caller(Caller(name: "portal", role: .service)))

        let certificate = try #require(try folder.presented("\(profile)/identity.pem"))
        let access = try folder.files.access()
        #expect(access.judge(certificate, at: certificate.validUntil) == .expired)
        #expect(access.judge(certificate, at: certificate.validFrom - .milliseconds(1)) == .expired)
        #expect(
            access.judge(certificate, at: certificate.validUntil - .milliseconds(1))
                == .caller(Caller(name: "portal", role: .service)))
    }

    @Test("R76: a certificate that names two callers is nobody's")
    func ambiguous() throws {
        let folder = try AccessFolder()
        try folder.registry().issueServer(["portal", "desk"])
        try folder.write(
            "callers.json", #"{"portal": {"role": "service"}, "desk": {"role": "operator"}}"#)
        let certificate = try #require(try folder.presented(folder.files.certificate))
        #expect(certificate.names == ["portal", "desk"])
        #expect(
            try folder.files.access().judge(certificate, at: AccessFolder.clock) == .unknown)
    }

    @Test(
        "A file of callers that cannot be used is refused in one line that names it and the remedy",
        arguments: [
            ("[]", "is not a JSON object of callers"),
            ("{", "is not a JSON object of callers"),
            (#"{"portal": {}}"#, "it needs a role, one of service, operator, auditor, monitor"),
            (#"{"portal": {"role": "admin"}}"#, "there is no role \"admin\"; it must be one of"),
            (#"{"portal": {"role": "service", "rpcs": []}}"#, "\"rpcs\" is neither"),
            (#"{"portal": {"role": "service", "methods": "all"}}"#, "\"methods\" must be a list"),
            (
                #"{"portal": {"role": "service", "methods": ["rekey.v1.Rekey/Logon"]}}"#,
                "there is no method \"rekey.v1.Rekey/Logon\""
            ),
            (
                #"{"portal": {"role": "service", "methods": ["rekey.v1.Operator/GetAccount"]}}"#,
                "role service may not call \"rekey.v1.Operator/GetAccount\" in any case"
            ),
        ])
    func badCallers(_ text: String, _ problem: String) throws {
        let folder = try AccessFolder()
        try folder.write("callers.json", text)
        let error = #expect(throws: AccessError.self) { try folder.files.access() }
        #expect(error?.description.hasPrefix(folder.files.callers) == true)
        #expect(error?.description.contains(problem) == true)
        #expect(error?.description.contains("\n") == false)
    }

    @Test("A line of revocations that is none is refused, so that nothing taken back is let in")
    func badRevocations() throws {
        let folder = try AccessFolder()
        try folder.write("revoked", "# a comment\n\nabcd portal\n")
        let error = #expect(throws: AccessError.self) { try folder.files.access() }
        #expect(error?.description.hasPrefix("\(folder.files.revoked) line 3") == true)
    }

    @Test("A fingerprint is read as openssl prints it, too")
    func fingerprints() throws {
        let digits = String(repeating: "0aF9", count: 16)
        var pairs = ""
        for (index, digit) in digits.enumerated() {
            pairs += (index > 0 && index % 2 == 0 ? ":" : "") + String(digit)
        }
        #expect(Fingerprint(pairs)?.description == digits.lowercased())
        #expect(Fingerprint(digits) == Fingerprint(pairs))
        #expect(Fingerprint(digits.dropLast()) == nil)
        #expect(Fingerprint("+1" + digits.dropFirst(2)) == nil)
    }
}
