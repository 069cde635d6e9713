import GuituCore
import GuituModel
import GuituText

/// The trail: who did what to which record, and how it ended.
enum AuditPages {
    static let routes: [Route] = [
        .page("/audit", [ReadAudit.self, AuditHeads.self, Export<ReadAudit>.self], show)
    ]

    private static let filters = ["useCase", "outcome", "target", "chain"]
    private static let sorts: Set = ["time", "who", "use-case", "outcome"]

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        func asked(_ name: String) -> String? {
            visit.query[name].isEmpty ? nil : visit.query[name]
        }
        var filter = ReadAudit.Filter()
        filter.useCase = asked("useCase")
        filter.outcome = asked("outcome")
        filter.target = asked("target")
        filter.chain = asked("chain")
        var list = ReadAudit(filter: filter)
        list.order = ReadAudit.Order(rawValue: visit.query["sort"]) ?? .newest
        list.isDescending = visit.query["order"] == "down"
        if visit.wantsTable { return try await table(list, visit) }
        list.after = cursor(visit)
        let answer = try await visit.see(list)
        let heads = try await visit.see(AuditHeads())
        let query = visit.listQuery("/audit", filters: filters, sorts: sorts)
        let rows = answer.lines.map { line in
            AuditLine(
                time: text(line.at), who: text.who(line.actorName ?? line.actor),
                what: text.did(line.useCase),
                about: "\(text.about(line.targetKind)) <small>\(line.target)</small>",
                outcome: outcome(line.outcome, text), tone: tone(line.outcome))
        }
        let listing = Listing(
            text("place.audit"), columns: AuditLine.columns(text), rows: rows, query: query,
            next: answer.next.map {
                "\($0.at.milliseconds)~\($0.chain)~\($0.sequence)~\($0.key ?? "")"
            },
            exports: true, empty: .init(text("audit.none"), text("audit.none.advice")))
        return .page(
            Page(
                text("place.audit"), lead: text("audit.lead"),
                """
                \(listing.view(text, filters: """
                    \(query.filter("useCase", text("audit.what"), AuditWords.did.map {
                        Form.Option($0.key, text($0.value))
                    }.sorted { $0.value < $1.value }, all: text("list.all")))
                    \(query.filter("target", text("audit.target")))
                    \(query.filter("outcome", text("audit.outcome"), outcomes.map {
                        Form.Option($0, outcome($0, text))
                    }, all: text("list.all")))
                    """))
                \(card(text("audit.heads"), headList(heads, text)))
                """))
    }

    /// Printed on the shift sheet: a rewritten chain shows against it.
    private static func headList(_ heads: [AuditHeadLine], _ text: Text) -> HTML {
        let listing = Listing(
            text("audit.heads"),
            columns: [
                .init(text("audit.chain")) { "\($0.chainName ?? text("audit.office"))" },
                .init(text("audit.sequence"), isNumber: true) { "\(text(Int($0.sequence)))" },
                .init(text("audit.mark")) { "<code>\($0.short)</code>" },
                .init(text("audit.anchored")) { head in
                    head.anchoredAt.map { "\(text(Int(head.anchoredSequence))) · \(text($0))" }
                        ?? badge(text("audit.notAnchored"), .warning)
                },
            ], rows: heads, query: ListQuery("/audit"),
            empty: .init(text("audit.none"), text("audit.none.advice")))
        return "<p class=\"hint\">\(text("audit.heads.advice"))</p>\(listing.view(text))"
    }

    private static let outcomes = [
        "done", "seen", "refused", "not-allowed", "not-found", "replayed",
    ]

    private static func outcome(_ word: String, _ text: Text) -> String {
        switch word {
        case "done": text("audit.outcome.done")
        case "seen": text("audit.outcome.seen")
        case "refused": text("audit.outcome.refused")
        case "not-allowed": text("audit.outcome.notAllowed")
        case "not-found": text("audit.outcome.notFound")
        case "replayed": text("audit.outcome.replayed")
        default: word
        }
    }

    private static func tone(_ word: String) -> Tone {
        switch word {
        case "done": .success
        case "not-allowed", "not-found": .danger
        case "refused": .warning
        default: .neutral
        }
    }

    private static func cursor(_ visit: Visit) -> ReadAudit.Cursor? {
        let parts = visit.query["from"].split(
            separator: "~", maxSplits: 3, omittingEmptySubsequences: false
        ).map(String.init)
        guard parts.count == 4, let at = Int64(parts[0]), let sequence = Int64(parts[2]) else {
            return nil
        }
        return .init(
            at: Instant(milliseconds: at), chain: parts[1], sequence: sequence, key: parts[3])
    }

    private static func table(_ list: ReadAudit, _ visit: Visit) async throws -> Reply {
        let text = visit.text
        return try await visit.export(
            list, as: "audit.csv",
            [
                (text("audit.time"), { text($0.at) }),
                (text("audit.chain"), { $0.chainName ?? $0.chain }),
                (text("audit.sequence"), { "\($0.sequence)" }),
                (text("audit.who"), { text.who($0.actorName ?? $0.actor) }),
                (text("audit.what"), { text.did($0.useCase) }),
                (text("audit.about"), { text.about($0.targetKind) }),
                (text("audit.target"), { $0.target }),
                (text("audit.outcome"), { outcome($0.outcome, text) }),
            ])
    }
}
