import GuituCore
import GuituModel
import GuituText

/// Who asked the library what, why, and what came out.
enum LedgerPages {
    static let routes: [Route] = [
        .page(
            "/laboratory/ledger", [AtLaboratory<ReadLedger>.self, AtLaboratory<ExportLedger>.self],
            LaboratoryPages.whileOn(show)),
        .action(
            "/laboratory/ledger/verify", [AtLaboratory<VerifyLedger>.self], again: show, verify),
    ]

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        if visit.wantsTable { return try await table(visit) }
        return try await page(visit)
    }

    private static func page(_ visit: Visit, _ report: LedgerReport? = nil) async throws -> Reply {
        let text = visit.text
        let seen = try await visit.ask(ReadLedger(before: Int64(visit.query["from"])))
        var query = ListQuery("/laboratory/ledger")
        query.cursor = visit.query["from"].isEmpty ? nil : visit.query["from"]
        let listing = Listing(
            text("laboratory.ledger"),
            columns: [
                .init(text("audit.sequence"), isNumber: true) { "\(text(Int($0.sequence)))" },
                .init(text("audit.time"), isShort: true) { "\(text($0.at))" },
                .init(text("audit.who")) { line in
                    "\(line.entry.by.isEmpty ? text.who(line.actor) : text.who(line.entry.by))"
                },
                .init(text("audit.what")) { "\(text.did($0.entry.what))" },
                .init(text("laboratory.purpose")) { line in
                    "\(text.list([line.entry.purpose, line.entry.caseNumber].filter { !$0.isEmpty }))"
                },
                .init(text("laboratory.results"), isNumber: true) { "\(text($0.entry.results))" },
            ], rows: seen.lines, query: query,
            next: seen.hasMore ? seen.lines.last.map { "\($0.sequence)" } : nil, exports: true,
            empty: .init(text("laboratory.ledger.empty"), text("laboratory.ledger.empty.advice")))
        let form = visit.form("/laboratory/ledger/verify")
        return .page(
            Page(
                text("laboratory.ledger"), lead: text("laboratory.ledger.lead"),
                trail: [LaboratoryPages.trail(text)],
                actions: form.button(text("laboratory.ledger.verify")),
                """
                \(report.map { told($0, text) })
                \(listing.view(text))
                """))
    }

    private static func told(_ report: LedgerReport, _ text: Text) -> HTML {
        let faults = report.faults.count + report.changed.count + report.strangers
        return callout(
            report.isSound ? .success : .danger,
            text(
                report.isSound ? "library.ledgerSound" : "library.ledgerFaults",
                ["entries": text(Int(report.entries)), "faults": text(faults)]),
            report.changed.isEmpty
                ? ""
                : "<p>\(text("laboratory.ledger.changed", ["list": text.list(report.changed.prefix(20).map { "\($0)" })]))</p>"
        )
    }

    /// Read anew each time it is asked: nothing stored could say it.
    @Sendable private static func verify(_ visit: Visit) async throws -> Reply {
        let report = try await visit.library().verifyLedger(as: visit.actor)
        return try await page(visit, report)
    }

    private static func table(_ visit: Visit) async throws -> Reply {
        var rows = [LedgerLine.header]
        var after: Int64 = 0
        // More is for the command line, which writes as it reads.
        while rows.count <= 100_000 {
            let part = try await visit.ask(ExportLedger(after: after))
            rows += part.lines.map(\.fields)
            guard part.hasMore, let last = part.lines.last else {
                return .table("ledger.csv", rows)
            }
            after = last.sequence
        }
        rows.append([visit.text("list.cut", ["count": visit.text(rows.count - 1)])])
        return .table("ledger.csv", rows)
    }
}
