import ArgumentParser
import Foundation
import GuituCore
import GuituModel
import GuituText

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Verify, anchor and read the audit trail.",
        subcommands: [Verify.self, Anchor.self, Heads.self, Show.self])
}

extension AuditCommand {
    struct Verify: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify every chain of the trail against the keys and the anchors.",
            discussion: """
                Finds entries that were changed, removed, reordered, rewritten or cut off by \
                somebody who went round the program. Exit code 0: sound; 10: faults were found.
                """)
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext) async throws {
            try await context.perform(VerifyAudit())
            let report = try await AuditVerification.run(
                context.workplace.database, keys: context.workplace.keys,
                anchorsFile: context.setting.anchors)
            let names = try await context.perform(AuditHeads()).map { ($0.chain, $0.chainName) }
            let said = context.setting.sentences(
                of: report, names: Dictionary(uniqueKeysWithValues: names))
            try context.print(said, json: report)
            if !report.isSound { throw Exit.faults.code }
        }
    }

    struct Anchor: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign the heads of all chains that moved, now.",
            discussion: """
                The running server does this every ten minutes. The signed heads go to the area \
                above and to the anchors file, which belongs on another disk or machine.
                """)
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext) async throws {
            try await context.perform(AnchorAudit())
            let workplace = context.workplace
            let answer: AnchorHeads.Answer
            do {
                answer = try await AnchorHeads(file: context.setting.anchors).run(
                    workplace.database, keys: workplace.keys, now: workplace.clock.now)
            } catch AnchorsFile.Failure.unwritable(let path, _) {
                throw Ending.refused(BackupRefusal.unwritable(path: path))
            }
            var lines = [context.text("audit.anchored", ["count": "\(answer.signed)"])]
            lines += answer.forged.map { context.text("audit.headForged", ["chain": $0]) }
            try context.print(lines.joined(separator: "\n"), json: answer)
            if !answer.forged.isEmpty { throw Exit.faults.code }
        }
    }

    struct Heads: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the chains' heads in the short form for the shift sheet.")
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext) async throws {
            let heads = try await context.perform(AuditHeads())
            let lines = heads.map { head in
                "\(head.short)\t\(head.sequence)\t\(head.chainName ?? head.chain)"
            }
            try context.print(lines.joined(separator: "\n"), json: heads)
        }
    }

    struct Show: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the trail, newest first.",
            discussion: """
                The next page begins after the line that --after names, as printed at the end of a \
                page.
                """)
        @OptionGroup var options: ActingOptions

        @Option(help: "A record, as person:ID, report:ID, account:ID …")
        var target: String?
        @Option(help: "An account's id, visitor, or program:REASON.")
        var actor: String?
        @Option(help: "The use-case's name, such as RegisterArrival.")
        var useCase: String?
        @Option(help: "done, seen, refused, not-allowed, not-found, replayed or forged-head.")
        var outcome: String?
        @Option(help: "One chain: an area's id, or office.")
        var chain: String?
        @Option(help: "From this day on, as 2026-11-24.")
        var from: Day?
        @Option(help: "Up to this day, which is included.")
        var until: Day?
        @Option(help: "Begin after this line: TIME/CHAIN/SEQUENCE.")
        var after: String?
        @Option(help: "Lines on a page, up to 500.")
        var limit: Int = 50

        func validate() throws {
            if after != nil, cursor == nil {
                throw ValidationError("--after reads TIME/CHAIN/SEQUENCE.")
            }
            if let target, !target.contains(":") {
                throw ValidationError("--target reads KIND:ID.")
            }
        }

        func run(in context: CommandContext) async throws {
            var filter = ReadAudit.Filter()
            if let target {
                let parts = target.split(separator: ":", maxSplits: 1)
                filter.targetKind = parts.first.map(String.init)
                filter.target = parts.count > 1 ? String(parts[1]) : ""
            }
            filter.actor = actor
            filter.useCase = useCase
            filter.outcome = outcome
            filter.chain = chain
            filter.from = from.map { Instant($0, hour: 0, minute: 0) }
            filter.until = until.map { Instant($0.adding(days: 1), hour: 0, minute: 0) }
            let page = try await context.perform(
                ReadAudit(filter: filter, after: cursor, limit: limit))
            var lines = page.lines.map { line in
                let time = line.at.inChina
                let clock = [time.hour, time.minute, time.second].map { number in
                    number < 10 ? "0\(number)" : "\(number)"
                }.joined(separator: ":")
                return [
                    "\(time.day) \(clock)", line.chainName ?? line.chain, "\(line.sequence)",
                    line.actorName ?? line.actor, line.useCase, line.outcome,
                    "\(line.targetKind):\(line.target)",
                ].joined(separator: "\t")
            }
            if let next = page.next {
                let place = "\(next.at.milliseconds)/\(next.chain)/\(next.sequence)"
                lines.append(context.text("audit.nextPage", ["after": place]))
            }
            try context.print(lines.joined(separator: "\n"), json: page)
        }

        private var cursor: ReadAudit.Cursor? {
            let parts = (after ?? "").split(separator: "/")
            guard parts.count == 3, let at = Int64(parts[0]), let sequence = Int64(parts[2]) else {
                return nil
            }
            return .init(
                at: Instant(milliseconds: at), chain: String(parts[1]), sequence: sequence)
        }
    }
}

extension Day: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension CommandSetting {
    var anchors: AnchorsFile { AnchorsFile(path: configuration.anchorsFile) }

    /// What a verification found, a line a fault.
    ///
    /// - Parameter names: of the chains' areas, where they are known.
    func sentences(of report: AuditVerification.Report, names: [String: String?] = [:]) -> String {
        var lines = [
            text(
                report.isSound ? "audit.sound" : "audit.unsound",
                [
                    "chains": "\(report.chains)", "entries": "\(report.entries)",
                    "anchors": "\(report.anchors)", "faults": "\(report.faults.count)",
                ])
        ]
        lines += report.faults.map { fault in
            let place = fault.through.map { "\(fault.sequence)–\($0)" } ?? "\(fault.sequence)"
            let chain = [fault.chain, names[fault.chain] ?? nil].compactMap { $0 }
            return "\(chain.joined(separator: " "))\t\(place)\t\(word(for: fault.kind))"
        }
        if report.lostInRestore > 0 {
            lines.append(text("audit.lostInRestore", ["count": "\(report.lostInRestore)"]))
        }
        return lines.joined(separator: "\n")
    }

    private func word(for kind: AuditVerification.Fault.Kind) -> String {
        switch kind {
        case .changed: text("audit.fault.changed")
        case .removed: text("audit.fault.removed")
        case .reordered: text("audit.fault.reordered")
        case .rewritten: text("audit.fault.rewritten")
        case .cut: text("audit.fault.cut")
        case .forgedHead: text("audit.fault.forgedHead")
        case .forgedAnchor: text("audit.fault.forgedAnchor")
        }
    }
}
