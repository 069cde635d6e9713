import Foundation
import GuituModel
import GuituStore
import Logging
import Synchronization
import TestSupport
import Testing

@testable import GuituCore

/// Every use-case has a sample, so what the samples say is what people say.
@Suite("What a use-case is told")
struct RobustnessTests {
    /// What outlives a case or is read by others: ids, vocabulary, digests.
    private static let wordless = [
        "audit_entry", "audit_head", "audit_anchor", "fact", "job", "notification", "idempotency",
        "sign_in_failure", "known_device",
    ]

    /// Every Chinese sentence, name and number in the samples' own source.
    private func said() throws -> Set<String> {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        var words = Set<String>()
        for file in ["Samples.swift", "Access/AccessSamples.swift"] {
            let source = try String(
                contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            for match in source.matches(of: /[:(] ?"([^"\\]*)"/) {
                let word = String(match.1)
                let isSaid = word.unicodeScalars.contains { (0x4E00...0x9FFF) ~= $0.value }
                if isSaid || word.count > 10 && word.allSatisfy(\.isNumber) { words.insert(word) }
            }
        }
        return words
    }

    @Test(
        "is in no log line, trail, fact, job, notice or kept answer, whichever way it ends",
        arguments: TestDatabase.engines)
    func told(engine: Engine) async throws {
        let lines = Lines()
        let scene = try await Scene(engine, logger: Logger(label: "test") { _ in lines })
        let words = try said()
        #expect(words.count > 20)
        var ended: [String: Int] = [:]
        for place in [Where.nowhere, .here] {
            for sample in Samples.all {
                let worker = try await scene.office.account(
                    sample.role, at: sample.roleArea(scene), name: "值班")
                for actor in [Actor.visitor, worker.actor, .program(reason: "test")] {
                    let word = await ending { try await sample.run(scene, place, as: actor) }
                    ended[word, default: 0] += 1
                }
            }
        }
        #expect(ended["done"] ?? 0 > Samples.all.count)
        // The token of that sample is always the same one.
        let broke = lines.all.filter { $0.hasPrefix("broke") && !$0.contains("MakeToken") }
        #expect(broke.isEmpty, "\(broke)")
        let tables = try await contents(of: scene.office.database)
        for word in words {
            #expect(!lines.all.contains { $0.contains(word) }, "the log has \(word)")
            for table in Self.wordless {
                let rows = tables[table] ?? []
                #expect(!rows.contains { $0.contains(word) }, "\(table) has \(word)")
            }
        }
    }
}

/// Keeps what is logged.
private final class Lines: LogHandler {
    private let kept = Mutex<[String]>([])
    var all: [String] { kept.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let more = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        kept.withLock { $0.append("\(event.message) \(more)") }
    }
}
