// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of ours is held to: imports say who sees them, and a warning is an error.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "rekey",
    products: [
        .library(name: "RekeyClient", targets: ["RekeyClient"]),
        .library(name: "RekeyFuzz", type: .static, targets: ["RekeyFuzz"]),
        .executable(name: "rekeyd", targets: ["rekeyd"]),
        .executable(name: "rekey", targets: ["rekey"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The C floor: the system libraries, the generated messages, and a thin Linux shim.
        .systemLibrary(
            name: "CProtobufC", pkgConfig: "libprotobuf-c",
            providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(
            name: "CIdn2", pkgConfig: "libidn2",
            providers: [.apt(["libidn2-dev"])]),
        .target(name: "CRekeyProto", dependencies: ["CProtobufC"]),
        .target(name: "CRekeyLinux", cSettings: [.treatAllWarnings(as: .error)]),

        // Decisions. Imports nothing: an empty list here is the proof that it is pure.
        .target(name: "RekeyCore", swiftSettings: house),

        .target(
            name: "RekeyWire",
            dependencies: ["RekeyCore", "CRekeyProto", "CProtobufC"],
            swiftSettings: house),
        .target(
            name: "RekeySecrets",
            dependencies: ["RekeyCore", "CSodium", "CIdn2"],
            swiftSettings: house),
        .target(
            name: "RekeyJournal",
            dependencies: ["CRekeyLinux"],
            swiftSettings: house),
        .target(
            name: "RekeyStore",
            dependencies: [
                "RekeyCore", "RekeyWire", "RekeyJournal", "CRekeyProto", "CProtobufC",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: house),
        .target(
            name: "RekeyService",
            dependencies: [
                "RekeyCore", "RekeySecrets", "RekeyStore", logging,
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            swiftSettings: house),
        // Who may call what: certificates, callers and their roles, revocations.
        .target(
            name: "RekeyAccess",
            dependencies: [
                "RekeyCore", "RekeyWire", "RekeySecrets",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: house),
        .target(
            name: "RekeyServer",
            dependencies: [
                "RekeyCore", "RekeyWire", "RekeyStore", "RekeyService", "RekeyAccess", nioCore,
                nioPosix, nioSSL, logging,
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house),
        .executableTarget(
            name: "rekeyd",
            dependencies: [
                "RekeyCore", "RekeyWire", "RekeySecrets", "RekeyJournal", "RekeyStore",
                "RekeyAccess", "RekeyService", "RekeyServer", argumentParser, logging,
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house),

        // Clients see the wire and nothing of the server.
        .target(
            name: "RekeyClient",
            dependencies: ["RekeyCore", "RekeyWire", nioCore, nioPosix, nioSSL, nioTLS],
            path: "Clients/Swift/RekeyClient",
            swiftSettings: house),
        .executableTarget(
            name: "rekey",
            dependencies: [
                "RekeyCore", "RekeyWire", "RekeyClient", "CRekeyProto", "CProtobufC",
                argumentParser, nioCore,
                // Percentiles: the field's tool.
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            path: "Clients/Swift/rekey",
            swiftSettings: house),

        // A folder of tests for each module, and the simulated world that they share: the disk, the
        // clocks and the seeds apart, since proofs and fuzzers need no more and build in seconds.
        .target(
            name: "RekeySimulation", dependencies: ["RekeyCore", "RekeyJournal", "RekeyStore"],
            path: "Tests/RekeySimulation", swiftSettings: house),
        .target(
            name: "RekeyTestSupport",
            dependencies: [
                "RekeyCore", "RekeyAccess", "RekeyJournal", "RekeySecrets", "RekeyStore",
                "RekeyService", "RekeySimulation", logging,
            ],
            path: "Tests/RekeyTestSupport", swiftSettings: house),
        .testTarget(
            name: "RekeyCoreTests",
            dependencies: ["RekeyCore", "RekeyTestSupport", "RekeySimulation"],
            swiftSettings: house),
        .testTarget(
            name: "RekeyWireTests",
            dependencies: [
                "RekeyCore", "RekeyWire", "RekeySimulation", "CRekeyProto", "CProtobufC",
            ],
            swiftSettings: house),
        .testTarget(
            name: "RekeyStoreTests",
            dependencies: [
                "RekeyCore", "RekeyWire", "RekeyJournal", "RekeyStore", "RekeySimulation",
                "CRekeyProto", "CProtobufC",
            ],
            swiftSettings: house),
        .testTarget(
            name: "RekeyJournalTests",
            dependencies: ["RekeyJournal", "RekeySimulation", "CRekeyLinux"],
            swiftSettings: house),
        .testTarget(
            name: "RekeyAccessTests",
            dependencies: ["RekeyCore", "RekeyAccess", "RekeyTestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "RekeySecretsTests",
            dependencies: ["RekeyCore", "RekeySecrets", "RekeyTestSupport", "RekeySimulation"],
            swiftSettings: house),
        .testTarget(
            name: "RekeyServiceTests",
            dependencies: [
                "RekeyCore", "RekeyService", "RekeyStore", "RekeyTestSupport", "RekeySimulation",
            ],
            swiftSettings: house),
        .testTarget(
            name: "RekeyServerTests",
            dependencies: [
                "RekeyCore", "RekeyAccess", "RekeySecrets", "RekeyServer", "RekeyService",
                "RekeyWire",
                "RekeySimulation", "RekeyTestSupport",
                nioCore, nioEmbedded, nioPosix, nioSSL, logging,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house),
        // A server whose every frame a test decides.
        .target(
            name: "RekeyClientTestSupport",
            dependencies: [
                "RekeyWire", nioCore, nioPosix, nioSSL, nioTLS,
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            path: "Tests/RekeyClientTestSupport", swiftSettings: house),
        .testTarget(
            name: "RekeyClientTests",
            dependencies: [
                "RekeyCore", "RekeyWire", "RekeyClient", "RekeyClientTestSupport", nioCore,
                nioEmbedded, nioPosix, nioSSL,
            ],
            swiftSettings: house),
        .target(
            name: "CommandLineTestSupport", dependencies: [argumentParser],
            path: "Tests/CommandLineTestSupport", swiftSettings: house),
        .testTarget(
            name: "rekeyTests",
            dependencies: [
                "RekeyCore", "RekeyWire", "RekeyClient", "RekeyClientTestSupport", "CRekeyProto",
                "CProtobufC", "CommandLineTestSupport", "rekey", argumentParser,
            ],
            swiftSettings: house),
        .testTarget(
            name: "rekeydTests",
            dependencies: [
                "RekeyCore", "RekeySecrets", "RekeyService", "RekeyJournal", "RekeySimulation",
                "CommandLineTestSupport", "rekeyd",
            ],
            swiftSettings: house),
        // The proofs that the log can be trusted, programs that Tests/prove runs.
        .executableTarget(
            name: "crash-states",
            dependencies: ["RekeyCore", "RekeyJournal", "RekeyStore", "RekeySimulation"],
            path: "Tests/Crash/States", swiftSettings: house),
        .executableTarget(
            name: "damage-sweep",
            dependencies: ["RekeyCore", "RekeyJournal", "RekeyStore", "RekeySimulation"],
            path: "Tests/Crash/Damage", swiftSettings: house),
        // What a start reads, what a peer sends and what people type, fuzzed; Tests/Fuzz/run links it
        // with libFuzzer, which SwiftPM cannot.
        .target(
            name: "RekeyFuzz",
            dependencies: [
                "RekeyCore", "RekeyWire", "RekeySecrets", "RekeyJournal", "RekeyStore",
                "RekeySimulation", "RekeyFuzzSubjects", "CRekeyLinux", "CRekeyProto", "CProtobufC",
            ],
            path: "Tests/Fuzz",
            exclude: ["run", "differential", "corpus", "Subjects", "Decoder"],
            swiftSettings: house),
        .target(
            name: "RekeyFuzzSubjects",
            dependencies: ["RekeyCore", "RekeyWire", "CRekeyProto", "CProtobufC"],
            path: "Tests/Fuzz/Subjects", swiftSettings: house),
        // Our decoders behind a pipe, for the comparison with another protobuf.
        .executableTarget(
            name: "wire-decoder", dependencies: ["RekeyCore", "RekeyWire", "RekeyFuzzSubjects"],
            path: "Tests/Fuzz/Decoder", swiftSettings: house),
        // The journal beside a bare loop of writes and syncs.
        .executableTarget(
            name: "journal-benchmark", dependencies: ["RekeyJournal"],
            path: "Tests/Benchmarks/Journal", swiftSettings: house),
        // The programs as they ship, killed and started again.
        .testTarget(
            name: "CrashTests", dependencies: ["rekeyd", "rekey"], path: "Tests/Crash/Programs",
            swiftSettings: house),
    ],
    swiftLanguageModes: [.v6]
)
