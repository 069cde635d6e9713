import GuituModel
import GuituStore

extension Work {
    var missing: MissingStore { MissingStore(work: self) }
}

struct MissingStore {
    let work: Work

    func exists(_ id: MissingReport.ID) throws -> Bool {
        try work.tx.first("SELECT id FROM missing_report WHERE id = \(id)") != nil
    }

    func find(_ source: RegisterMissing.Source, at holder: Area.ID) throws -> (
        id: MissingReport.ID, digest: [UInt8]?
    )? {
        try work.tx.first(
            """
            SELECT id, source_digest FROM missing_report
            WHERE holder = \(holder) AND source = \(source.list) AND source_key = \(source.key)
            """
        ).map { (try $0["id"], try $0["source_digest"]) }
    }

    func insert(
        _ id: MissingReport.ID, _ checked: ReportFields.Checked, holder: Area.ID,
        reportedAt: Instant, source: RegisterMissing.Source?, digest: [UInt8]
    ) throws {
        let fields = checked.fields
        let identity = try checked.identity.map {
            try work.sealIdentity($0, table: "missing_report", row: id.text)
        }
        let phone = checked.phone?.normalised ?? ""
        try work.tx.execute(
            """
            INSERT INTO missing_report (id, holder, source, source_key, source_digest, batch, state,
                name, pinyin, sex, birth, birth_from, birth_until, identity_number, identity_digest,
                lost, lost_from, lost_until, lost_place, home_place, height, marks, accent,
                reporter_name, reporter_relation, reporter_phone, reporter_phone_digest, reported_at,
                recorded_at, recorded_by, version)
            VALUES (\(id), \(holder), \(source?.list ?? "desk"), \(source?.key ?? id.text), \(digest),
                \(source?.batch), \(ReportState.open), \(fields.name),
                \(PinyinSortKey.of(fields.name)), \(fields.sex), \(fields.birth),
                \(fields.birth?.earliest), \(fields.birth?.latest), \(identity?.sealed),
                \(identity?.digest), \(fields.lost), \(fields.lost?.earliest),
                \(fields.lost?.latest), \(fields.lostPlace.orNil), \(fields.homePlace.orNil),
                \(checked.height), \(fields.marks.orNil), \(fields.accent.orNil),
                \(fields.reporterName), \(fields.reporterRelation),
                \(try work.keys.seal(phone, for: .init(table: "missing_report",
                    column: "reporter_phone", row: id.text))),
                \(work.keys.searchDigest(phone, kind: "phone")), \(reportedAt), \(work.now),
                \(work.viewer.label), 1)
            """)
        try work.index(fields.name, kind: "report", id: id.text)
    }
}
