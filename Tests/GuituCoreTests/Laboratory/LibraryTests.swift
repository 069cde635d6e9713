import Foundation
import GuituKinship
import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("The library of profiles")
struct LibraryTests {
    static let inquiry = Inquiry(purpose: "寻亲比对", caseNumber: "2026-17")

    @Test("has the schema reviewers saw", arguments: TestDatabase.engines)
    func schema(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: LibrarySchema.migrations)
        try expectSnapshot(
            try await schemaSnapshot(of: database), named: "library-\(engine.rawValue)")
        await database.close()
    }

    @Test(
        "is off until a document is recorded, and again when it has ended",
        arguments: TestDatabase.engines)
    func enabling(engine: Engine) async throws {
        let lab = try await Lab(try await Office(engine), engine)
        let place = lab.laboratory
        func list() async -> String {
            await ending { try await place.perform(ListSamples(), as: lab.first.actor) }
        }
        #expect(await list() == "refused library.notEnabled")
        #expect(try await place.perform(SeeLibrary(), as: lab.first.actor) == .off)
        #expect(
            await ending { try await place.perform(lab.enabling(), as: lab.first.actor) }
                == "notAllowed", "who works in it does not switch it on")
        var atStation = lab.enabling()
        atStation.area = lab.office.station
        #expect(
            await ending { try await place.perform(atStation, as: lab.system.actor) }
                == "refused library.stationCannotHold")
        var past = lab.enabling()
        past.until = Lab.day.adding(days: -1)
        #expect(
            await ending { try await place.perform(past, as: lab.system.actor) }
                == "refused library.endsBeforeToday")
        try await place.perform(lab.enabling(until: Lab.day), as: lab.system.actor)
        #expect(await list() == "done")
        let status = try await place.perform(SeeLibrary(), as: lab.system.actor)
        #expect(status.isOn && status.authorisation?.document == "民函〔2026〕12号")
        #expect(status.authorisation?.enabledBy == lab.system.id.text)

        lab.office.clock.advance(by: .seconds(2 * 86_400))
        #expect(await list() == "refused library.ended")
        #expect(
            await ending { try await lab.load("id,D3S1358\nA,15/16\n", kind: .living) }
                == "refused library.ended")
        #expect(try await place.perform(SeeLibrary(), as: lab.first.actor).isOn == false)
        #expect(
            try await place.perform(ReadLedger(), as: lab.first.actor).lines.count == 2,
            "who asked what can be read for good")
        var other = lab.enabling(until: Lab.day.adding(days: 90))
        other.area = lab.office.city
        #expect(
            await ending { try await place.perform(other, as: lab.system.actor) }
                == "refused library.otherHolder")
        try await place.perform(
            lab.enabling(until: Lab.day.adding(days: 90)), as: lab.system.actor)
        #expect(await list() == "done")
    }

    @Test(
        "is for its officers alone, and nobody of another area finds it",
        arguments: TestDatabase.engines)
    func permissions(engine: Engine) async throws {
        let office = try await Office(engine)
        let lab = try await Lab(office, engine)
        try await lab.enable()
        for role in Role.allCases where role != .laboratoryOfficer {
            let worker = try await office.account(role, at: office.province)
            #expect(
                await ending { try await lab.laboratory.perform(ListSamples(), as: worker.actor) }
                    == "notAllowed", "\(role)")
        }
        let stranger = try await office.account(.laboratoryOfficer, at: office.otherStation)
        for sample in Samples.laboratory where sample.needs == .laboratory {
            let scene = try await Scene(engine)
            let other = try await scene.office.account(
                .laboratoryOfficer, at: scene.office.otherStation)
            #expect(
                await ending { try await sample.run(scene, .here, as: other.actor) } == "notFound",
                "\(sample.name)")
        }
        #expect(
            await ending { try await lab.laboratory.perform(ListSamples(), as: stranger.actor) }
                == "notFound")
    }

    @Test("takes a file whole or not at all, and nothing twice", arguments: TestDatabase.engines)
    func importing(engine: Engine) async throws {
        let lab = try await Lab(try await Office(engine), engine)
        try await lab.enable()
        let good = "id,kind,sex,D3S1358,TH01\nA,living,1,15/16,6/9.3\nB,relative,2,15/15,OL/7\n"
        let loaded = try await lab.load(good)
        #expect(loaded.loaded == 2 && loaded.refused == 0)
        #expect(
            loaded.remarks.map(\.saying.key) == [
                "sampleMark.fewLoci", "sampleMark.offLadder", "sampleMark.fewLoci",
            ])
        let again = try await lab.load(good)
        #expect(again.loaded == 0 && again.known == 2 && again.search == nil)

        let bad = good + "C,living,1,14/15,6/7\nA,living,1,15/17,6/9.3\nD,living,1,\"9,3/15\",6/7\n"
        let refused = try await lab.load(bad)
        #expect(refused.wasRefused && refused.loaded == 0)
        #expect(
            refused.problems.map { "\($0.row) \($0.saying.key)" } == [
                "5 sampleFault.numberTwice", "6 sampleFault.decimalComma",
            ])
        let changed = try await lab.load("id,kind,D3S1358\nA,living,15/17\n")
        #expect(changed.problems.map(\.saying.key) == ["sampleFault.otherTyping"])
        #expect(try await lab.count("library_sample") == 2)

        let kept = try await lab.load(bad, skips: true)
        #expect(kept.loaded == 1 && kept.refused == 2, "C alone is new and right")
        let same = try await lab.load("id,kind,D3S1358,TH01\nZ,remains,14/15,6/7\n")
        #expect(same.remarks.map(\.saying.key).contains("sampleMark.samePerson"))
        var check = ImportSamples(
            input: .bytes(name: "x", Array("id,kind,D3S1358\nY,living,15/17\n".utf8)), format: .csv)
        check.onlyChecks = true
        #expect(try await lab.laboratory.perform(check, as: lab.first.actor).loaded == 0)
        #expect(try await lab.count("library_sample") == 4)
        let seen = try await lab.laboratory.perform(
            SeeSample(number: "B", inquiry: Self.inquiry), as: lab.first.actor)
        #expect(seen.calls.map(\.given) == ["15/15", "OL/7"])
        #expect(
            await ending {
                try await lab.laboratory.perform(
                    SeeSample(number: "B", inquiry: Inquiry(purpose: " ")), as: lab.first.actor)
            } == "refused refusal.fields", "without a purpose nobody looks")
    }

    @Test("never keeps half of a file, whatever its bytes", arguments: TestDatabase.engines)
    func fuzz(engine: Engine) async throws {
        let lab = try await Lab(try await Office(engine), engine)
        try await lab.enable()
        var invented = Invented(7)
        var text = Invented.header
        for number in 0..<6 { text += Invented.row("F\(number)", "living", 1, invented.stranger()) }
        let whole = Array(text.utf8)
        var there = 0
        for round in 0..<40 {
            var bytes = whole
            if round % 3 == 0 {
                bytes = Array(
                    whole.prefix(Int.random(in: 0...whole.count, using: &invented.random)))
            }
            for _ in 0..<(round % 4) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &invented.random)] =
                    UInt8.random(in: 0...255, using: &invented.random)
            }
            var report = ImportSamples.Report(file: "")
            let outcome = await ending { report = try await lab.load(bytes) }
            #expect(outcome == "done" || outcome.hasPrefix("refused sampleFault."), "\(outcome)")
            if report.wasRefused { #expect(report.loaded == 0) }
            let now = try await lab.count("library_sample")
            #expect(now == there + report.loaded)
            there = now
        }
        #expect(there > 0)
    }

    @Test(
        "holds no typing in clear, nor does the database of cases", arguments: TestDatabase.engines)
    func sealed(engine: Engine) async throws {
        let lab = try await Lab(try await Office(engine), engine)
        try await lab.enable()
        try await lab.load(
            "id,kind,sex,D3S1358,TH01\nA,living,1,71.3/72.1,73.2/OL\nB,relative,2,71.3/15,6/OL9\n")
        try await lab.laboratory.perform(
            KeepFamily(
                code: "F-1",
                pedigree: "id,father,mother,sex\nQQMISSINGQQ,0,B,1\nB,0,0,2\n",
                missing: "QQMISSINGQQ"), as: lab.first.actor)
        _ = try await lab.laboratory.perform(
            SeeSample(number: "A", inquiry: Self.inquiry), as: lab.first.actor)
        let marks = ["71.3", "72.1", "73.2", "OL9", "D3S1358", "TH01"]
        for database in [lab.database, lab.office.database] {
            for (table, rows) in try await contents(of: database) {
                for row in rows {
                    for mark in marks where row.contains(mark) {
                        // A mark names the locus of a peak off the ladder, never the peak.
                        #expect(
                            table == "library_sample" && mark == "TH01", "\(table) tells \(mark)")
                    }
                    #expect(!row.contains("B,0,0,2"), "\(table) tells the family")
                }
            }
        }
    }

    @Test(
        "of an invented family finds child and parent with the ratio that files give",
        arguments: TestDatabase.engines)
    func searching(engine: Engine) async throws {
        let lab = try await Lab(try await Office(engine), engine)
        try await lab.enable()
        try await lab.laboratory.perform(ChooseMethod(method: Lab.method), as: lab.first.actor)
        var invented = Invented(11)
        let (father, mother) = (invented.stranger(), invented.stranger())
        let child = invented.child(father, mother)
        var relatives = Invented.header
        relatives += Invented.row("R-1", "relative", 1, father)
        for number in 2...60 {
            relatives += Invented.row("R-\(number)", "relative", 2, invented.stranger())
        }
        let brought = try await lab.load(relatives)
        #expect(brought.loaded == 60)
        try await lab.laboratory.answerSearches()
        var unknown = Invented.header + Invented.row("U-1", "living", 2, child)
        for number in 2...30 {
            unknown += Invented.row("U-\(number)", "remains", 1, invented.stranger())
        }
        // The incremental way: what an import brings is compared by itself.
        let search = try #require(try await lab.load(unknown).search)
        try await lab.laboratory.answerSearches()
        let seen = try await lab.laboratory.perform(SeeSearch(search: search), as: lab.first.actor)
        #expect(seen.search.state == .done && seen.search.total == 30)
        #expect(seen.search.comparisons == 30 * 90 * 3)
        #expect(seen.search.expectedFalseHits == 30 * 90 * 3 / 100)
        let best = try #require(seen.matches.first)
        #expect(best.query == "U-1" && best.candidate == "R-1" && best.relation == "parent")

        let files = try RatioReport(
            frequencies: [CSVFile(name: "f", text: Invented.frequencies)],
            genotypes: CSVFile(
                name: "g",
                text: "case,family,id,locus,genotype\n"
                    + Invented.loci.indices.map { l in
                        "c,f,query,\(Invented.loci[l]),\(child[l].0)/\(child[l].1)\n"
                            + "c,f,candidate,\(Invented.loci[l]),\(father[l].0)/\(father[l].1)\n"
                    }.joined()),
            pedigrees: CSVFile(
                name: "p",
                text: """
                    case,hypothesis,id,father,mother,sex
                    c,1,candidate,0,0,1
                    c,1,spouse,0,0,2
                    c,1,query,candidate,spouse,2
                    c,2,query,0,0,2
                    c,2,candidate,0,0,1
                    """),
            settings: KinshipSettings(
                options: KinshipOptions(mutation: try Mutation(parsing: "equal:0.002")),
                minimum: .flat(0.001)))
        let total = try #require(files.lines.last { $0.locus == nil }).log10
        #expect(abs(best.log10 - total) < 1e-9 * abs(total), "\(best.log10) \(total)")
        let compared = try await lab.laboratory.perform(
            CompareSamples(
                query: "U-1", candidate: "R-1", relation: "parent", inquiry: Self.inquiry),
            as: lab.first.actor)
        #expect(abs((compared.log10 ?? 0) - total) < 1e-9 * abs(total))
        #expect(compared.lines.count == Invented.loci.count)
        #expect(compared.lines.allSatisfy { !$0.needsMutation && $0.rarest != nil })

        // All unidentified against relatives and families.
        try await lab.laboratory.perform(
            KeepFamily(
                code: "F-1", pedigree: "id,father,mother,sex\nX,R-1,M,2\nR-1,0,0,1\nM,0,0,2\n",
                missing: "X"), as: lab.first.actor)
        let all = try await lab.laboratory.perform(
            SearchLibrary(kind: .unidentified, inquiry: Self.inquiry), as: lab.first.actor)
        try await lab.laboratory.answer(all)
        let found = try await lab.laboratory.perform(SeeSearch(search: all), as: lab.first.actor)
        #expect(found.search.total == 31)
        let family = try #require(found.matches.first { $0.relation == "missing" })
        #expect(family.query == "F-1" && family.candidate == "U-1")
        #expect(abs(family.log10 - total) < 1e-9 * abs(total))

        // Locus by locus it is the same as the search's, and the pair's here.
        let whole = try await lab.laboratory.perform(
            CompareSamples(
                query: "F-1", candidate: "U-1", relation: "missing", inquiry: Self.inquiry),
            as: lab.first.actor)
        #expect(abs((whole.log10 ?? 0) - family.log10) < 1e-9 * abs(total))
        #expect(whole.samples.map(\.number) == ["R-1", "U-1"])
        for (line, pair) in zip(whole.lines, compared.lines) {
            #expect(line.query == nil && line.relatives == [pair.candidate])
            #expect(line.candidate == pair.query && line.rarest == pair.rarest)
            #expect(abs((line.log10 ?? 0) - (pair.log10 ?? 1)) < 1e-9)
        }
        #expect(
            await ending {
                _ = try await lab.laboratory.perform(
                    CompareSamples(
                        query: "F-9", candidate: "U-1", relation: "missing", inquiry: Self.inquiry),
                    as: lab.first.actor)
            } == "notFound")

        // Everyone against everyone, cut off in the middle and gone on with.
        let everyone = try await lab.laboratory.perform(
            SearchLibrary(kind: .everyone, inquiry: Self.inquiry), as: lab.first.actor)
        try await lab.laboratory.answerSearches()
        let table = try await lab.laboratory.perform(
            SeeSearch(search: everyone), as: lab.first.actor)
        #expect(
            table.matches.contains {
                $0.query == "R-1" && $0.candidate == "U-1" && $0.relation == "child"
            })
        #expect(
            try await lab.laboratory.perform(
                StoreFound(search: everyone, from: 0, part: .init(through: 5, total: 90)),
                as: Laboratory.program) == false, "a part is stored once")
    }

    @Test("says why a search cannot be computed", arguments: TestDatabase.engines)
    func failing(engine: Engine) async throws {
        let lab = try await Lab(try await Office(engine), engine)
        try await lab.enable()
        #expect(
            await ending {
                try await lab.laboratory.perform(
                    SearchLibrary(kind: .everyone, inquiry: Self.inquiry), as: lab.first.actor)
            } == "refused library.noMethod")
        var wrong = Lab.method
        wrong.frequencies = "locus,allele,frequency\nTH01,6,0.3\n"
        #expect(
            await ending {
                try await lab.laboratory.perform(ChooseMethod(method: wrong), as: lab.first.actor)
            } == "refused library.method")
        wrong = Lab.method
        wrong.relations = ["cousin"]
        #expect(
            await ending {
                try await lab.laboratory.perform(ChooseMethod(method: wrong), as: lab.first.actor)
            } == "refused library.method")
        #expect(
            await ending {
                try await lab.laboratory.perform(
                    KeepFamily(
                        code: "F", pedigree: "id,father,mother,sex\nA,B,0,1\nB,A,0,1\n",
                        missing: "A"), as: lab.first.actor)
            } == "refused library.pedigree")
    }

    @Test("gives all matches to a file, and a page of them", arguments: TestDatabase.engines)
    func allMatches(engine: Engine) async throws {
        let lab = try await Scene(engine).lab()
        let known = try await lab.laboratory.perform(
            ListMatches(state: nil, limit: nil), as: lab.first.actor
        ).matches
        let search = try await lab.database.read {
            try $0.first("SELECT id FROM library_search")?["id"] as String?
        }
        let at = lab.office.clock.now
        try await lab.database.write { tx in
            for n in 0..<600 {
                try tx.execute(
                    """
                    INSERT INTO library_match (id, query, candidate, relation, log10, search, state,
                        found_at)
                    VALUES (\(ID<Match>(at: Instant(milliseconds: Int64(n) + 9))), \("Q-\(n)"), 'C', 'parent', \(Double(n)), \(search),
                        'rejected', \(at))
                    """)
            }
        }
        func list(_ limit: Int?) async throws -> ListMatches.Answer {
            try await lab.laboratory.perform(
                ListMatches(state: nil, limit: limit), as: lab.first.actor)
        }
        let all = try await list(nil)
        #expect(all.matches.count == known.count + 600 && !all.hasMore)
        let page = try await list(5000)
        #expect(page.matches == Array(all.matches.prefix(500)) && page.hasMore)
    }

    @Test(
        "lets two persons conclude, and the station read that and no more",
        arguments: TestDatabase.engines)
    func concluding(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let lab = try await scene.lab()
        let place = lab.laboratory
        let matches = try await place.perform(ListMatches(), as: lab.first.actor).matches
        let match = try #require(matches.first).id
        let confirm = DecideMatch(match: match, verdict: .confirm, reason: "亲子关系成立")
        try await scene.office.workplace.perform(
            NoteSample(
                request: scene.request, number: "U-1", subject: .person, takenOn: Lab.day),
            as: scene.officer.actor)
        func noted() async throws -> [NotedSample] {
            try await scene.office.workplace.perform(
                SeeRequest(request: scene.request), as: scene.officer.actor
            ).samples
        }
        #expect(try await noted().first?.conclusions == [])
        #expect(try await place.decide(confirm, as: lab.first.actor) == .firstConfirmed)
        #expect(
            await ending { _ = try await place.decide(confirm, as: lab.first.actor) }
                == "refused library.alreadyDecidedByYou")
        #expect(try await noted().first?.conclusions == [])
        #expect(try await place.decide(confirm, as: lab.second.actor) == .confirmed)
        #expect(
            await ending { _ = try await place.decide(confirm, as: lab.second.actor) }
                == "refused library.alreadyDecided")
        #expect(
            try await noted().first?.conclusions
                == [.init(laboratory: "河洛司法鉴定中心", on: Lab.day)])
        try await place.reportConclusions()
        #expect(try await noted().first?.conclusions.count == 1, "told once")
        let told = try await contents(of: scene.office.database)
        for (table, rows) in told {
            #expect(!rows.contains { $0.contains("R-1") } || table == "dna_conclusion", "\(table)")
        }
        #expect(
            try await place.perform(SeeMatch(match: match), as: lab.first.actor).decisions.count
                == 2)
        #expect(
            await ending {
                try await scene.office.workplace.perform(
                    NoteSample(
                        request: scene.request, number: "U-1", subject: .person, takenOn: Lab.day),
                    as: scene.officer.actor)
            } == "refused sample.alreadyNoted")
        if matches.count > 1 {
            #expect(
                try await place.decide(
                    DecideMatch(match: matches[1].id, verdict: .reject, reason: "年龄不符"),
                    as: lab.first.actor) == .rejected)
        }
    }

    @Test(
        "writes every query to a ledger that shows what was done to it",
        arguments: TestDatabase.engines)
    func ledger(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let lab = try await scene.lab()
        _ = try await lab.laboratory.perform(
            CompareSamples(
                query: "U-1", candidate: "R-1", relation: "parent", inquiry: Self.inquiry),
            as: lab.second.actor)
        let lines = try await lab.laboratory.perform(ReadLedger(), as: lab.first.actor).lines
        let newest = try #require(lines.first)
        #expect(newest.entry.what == "CompareSamples" && newest.actor == lab.second.id.text)
        #expect(newest.entry.purpose == "寻亲比对" && newest.entry.caseNumber == "2026-17")
        #expect(newest.entry.rows.count == 1 && newest.entry.resultDigest.count == 64)
        #expect(
            Set(lines.map(\.entry.what)).isSuperset(of: [
                "EnableLibrary", "ChooseMethod", "ImportSamples", "StoreFound",
            ]))
        let page = try await lab.laboratory.perform(
            ReadLedger(before: newest.sequence, limit: 1), as: lab.first.actor)
        #expect(page.lines.first?.sequence == newest.sequence - 1 && page.hasMore)
        #expect(
            try await scene.auditCount("CompareSamples", "done") == 1,
            "the trail of cases knows it too")
        let auditor = try await scene.office.account(
            .auditAdministrator, at: scene.office.province)
        func verify() async throws -> LedgerReport {
            try await lab.laboratory.verifyLedger(as: auditor.actor)
        }
        let sound = try await verify()
        #expect(sound.isSound && sound.entries == newest.sequence, "\(sound)")

        try await lab.meddle([
            "UPDATE ledger_entry SET details = '{}' WHERE id = (SELECT target FROM audit_entry WHERE sequence = 2)",
            "DELETE FROM ledger_entry WHERE id = (SELECT target FROM audit_entry WHERE sequence = 3)",
        ])
        #expect(try await verify().changed == [2, 3])
        try await lab.database.write { tx in
            _ = try tx.execute("UPDATE audit_entry SET actor = 'another' WHERE sequence = 4")
        }
        #expect(try await verify().faults.map(\.kind) == [.changed])
        try await lab.database.write { tx in
            _ = try tx.execute("DELETE FROM audit_entry WHERE sequence = \(newest.sequence)")
        }
        let cut = try await verify()
        #expect(cut.faults.map(\.kind).contains(.cut) && cut.strangers == 1)
    }
}
