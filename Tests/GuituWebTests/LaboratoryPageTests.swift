import Foundation
import GuituCore
import GuituModel
import GuituStore
import GuituText
import TestSupport
import Testing

@testable import GuituWeb

@Suite("The laboratory's pages")
struct LaboratoryPageTests {
    private func upload(
        _ browser: Browser, _ action: String, _ field: String, _ text: String,
        _ typed: [(String, String)] = []
    ) async throws -> Browser.Seen {
        let fields = try browser.filled(
            try #require(browser.form(action)), typed)
        var body = ""
        for (name, value) in fields {
            body += "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        body +=
            "--b\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"batch.csv\"\r\n\r\n"
            + text + "\r\n--b--\r\n"
        return try await browser.send(
            .post, action, body: Array(body.utf8), type: "multipart/form-data; boundary=b")
    }

    private func enable(_ site: Site) async throws {
        try await site.visit(as: .systemAdministrator, at: site.office.province) { browser in
            try await browser.open("/laboratory")
            try await browser.submit(
                "/laboratory/enable",
                [
                    ("laboratory", "河洛司法鉴定中心"), ("document", "民函〔2026〕12号"),
                    ("office", "省民政厅"), ("signed", "2026-11-01"), ("until", "2027-11-01"),
                ])
            #expect(browser.page.status == 303, "\(browser.page.body)")
        }
    }

    @Test(
        "officers import, search, read locus by locus and conclude; a station reads only that",
        arguments: TestDatabase.engines)
    func path(engine: Engine) async throws {
        let site = try await Site(engine)
        let records = try await Records(site, at: site.office.station)
        let request = "/tracing/" + (records.ids["request"] ?? "")
        let province = site.office.province

        // Before the document there is the page that says so, and nothing else.
        try await site.visit(as: .laboratoryOfficer, at: province) { browser in
            let off = try await browser.open("/laboratory")
            #expect(off.status == 200)
            #expect(off.body.contains("未启用"))
            #expect(browser.form("/laboratory/enable") == nil, "an officer does not enable")
            #expect(try await browser.open("/laboratory/samples").location == "/laboratory")
        }
        try await site.visit(as: .tracingOfficer) { browser in
            #expect(try await browser.open("/laboratory").status == 403)
            try await browser.open(request)
            try await browser.submit(
                request + "/samples", [("number", "U-1"), ("taken", "2026-11-20")])
            #expect(browser.page.status == 303, "\(browser.page.body)")
            let noted = try await browser.follow()
            #expect(noted.body.contains("U-1") && noted.body.contains("尚无结论"))
            try await browser.submit(request + "/samples", [("number", "U-1")])
            #expect(browser.page.status == 422, "noted already")
        }
        try await enable(site)

        let found = Notes<String>()
        try await site.visit(as: .laboratoryOfficer, at: province) { browser in
            try await browser.open("/laboratory")
            let chosen = try await upload(
                browser, "/laboratory/method", "frequencies", InventedProfiles.frequencies,
                [("threshold", "1000")])
            #expect(chosen.status == 303, "\(chosen.body)")

            try await browser.open("/laboratory/import")
            let refused = try await upload(
                browser, "/laboratory/import", "file",
                InventedProfiles.file.replacing("U-1,living", with: "U-1,lviing"))
            #expect(refused.status == 422)
            #expect(refused.body.contains("lviing") && refused.body.contains("整份文件均未导入"))
            #expect(try await browser.open("/laboratory/samples").body.contains("还没有样本"))
            try await browser.open("/laboratory/import")
            let loaded = try await upload(
                browser, "/laboratory/import", "file", InventedProfiles.file)
            #expect(loaded.status == 200)
            let search = try #require(
                loaded.body.firstMatch(of: /href="(\/laboratory\/searches\/[^"]+)"/)?.1)

            // A list has no typings; one is shown to who says why.
            let list = try await browser.open("/laboratory/samples?kind=living")
            #expect(list.body.contains("U-1") && list.body.contains("U-2"))
            #expect(!list.body.contains("R-1"))
            #expect(try await browser.open("/laboratory/samples?as=csv").body.contains("R-40"))
            let asking = try await browser.open("/laboratory/sample?number=U-1")
            #expect(!asking.body.contains(InventedProfiles.loci[0]))
            let sample = try await browser.open(
                "/laboratory/sample?number=U-1&purpose=" + "核对".percentEncoded)
            #expect(sample.body.contains(InventedProfiles.loci[0]))

            // It waits until the job answered it.
            #expect(try await browser.open(String(search)).body.contains("等待中"))
            try await JobRunner(
                site.office.workplace,
                handlers: [SearchJob(try #require(site.options.laboratory))]
            ).runDue()
            let done = try await browser.open(String(search))
            #expect(done.body.contains("已完成") && done.body.contains("U-1 – R-1"))

            try await browser.open("/laboratory/searches")
            try await browser.submit(
                "/laboratory/searches", [("subject", "U-9"), ("purpose", "寻亲")])
            #expect(browser.page.status == 422)
            #expect(browser.page.body.contains("库中没有这个样本编号"))
            try await browser.submit("/laboratory/searches", [("subject", "U-1")])
            #expect(browser.page.status == 303, "\(browser.page.body)")

            let matches = try await browser.open("/laboratory/matches?state=new")
            let match = try #require(
                matches.body.firstMatch(
                    of: /href="(\/laboratory\/matches\/[^"]+)">(?:U-1 – R-1|R-1 – U-1)</)?.1)
            found.add(String(match))
            let page = try await browser.open(String(match))
            #expect(page.status == 200)
            #expect(page.body.contains("须有突变"))
            #expect(page.body.contains("民函〔2026〕12号"))
            try await browser.submit(
                match + "/decide", [("verdict", "confirm"), ("reason", "符合")])
            #expect(browser.page.status == 303)
            let first = try await browser.open(String(match))
            #expect(first.body.contains("一人已确认"))
            #expect(browser.form(match + "/decide") == nil, "another person confirms")
        }
        let match = try #require(found.all.first)
        try await site.visit(as: .laboratoryOfficer, at: province) { browser in
            try await browser.open(match)
            try await browser.submit(
                match + "/decide", [("verdict", "confirm"), ("reason", "复核符合")])
            #expect(try await browser.open(match).body.contains("已确认"))
            try await browser.open("/laboratory/ledger")
            let verified = try await browser.submit("/laboratory/ledger/verify")
            #expect(verified.status == 200 && verified.body.contains("台账完好"))
            let file = try await browser.open("/laboratory/ledger?as=csv")
            #expect(file.body.contains("CompareSamples"))
            for language in Language.allCases {
                browser.cookies["guitu-language"] = language.rawValue
                for path in [
                    "/laboratory", "/laboratory/samples", "/laboratory/import",
                    "/laboratory/searches", "/laboratory/matches", match, match + "/report",
                    "/laboratory/ledger",
                    "/laboratory/sample?number=U-1", "/laboratory/sample?number=U-1&purpose=x",
                ] {
                    let seen = try await browser.open(path)
                    #expect(seen.status == 200, "\(path) \(seen.status)")
                    #expect(!seen.body.contains("⟨"), "\(path) lacks a sentence")
                }
            }
        }
        // The station reads that the laboratory concluded, and nothing of what.
        try await site.visit(as: .tracingOfficer) { browser in
            let seen = try await browser.open(request)
            #expect(seen.body.contains("河洛司法鉴定中心 于"))
            #expect(!seen.body.contains("R-1") && !seen.body.contains("似然比"))
            for path in [match, "/laboratory/samples", "/laboratory/sample?number=U-1&purpose=x"] {
                #expect(try await browser.open(path).status == 403, "\(path)")
            }
        }
        try await site.visit(as: .systemAdministrator, at: province) { browser in
            let standing = try await browser.open("/laboratory")
            #expect(standing.body.contains("2027"))
            #expect(try await browser.open(match).status == 403)
        }
    }

    /// An officer's library with the invented profiles, searched.
    private func searched(_ site: Site) async throws -> Laboratory {
        try await enable(site)
        try await site.visit(as: .laboratoryOfficer, at: site.office.province) { browser in
            try await browser.open("/laboratory")
            let chosen = try await upload(
                browser, "/laboratory/method", "frequencies", InventedProfiles.frequencies,
                [("threshold", "1000")])
            #expect(chosen.status == 303, "\(chosen.body)")
            try await browser.open("/laboratory/import")
            let loaded = try await upload(
                browser, "/laboratory/import", "file", InventedProfiles.file)
            #expect(loaded.status == 200, "\(loaded.body)")
        }
        let laboratory = try #require(site.options.laboratory)
        try await laboratory.answerSearches()
        return laboratory
    }

    private func match(
        _ laboratory: Laboratory, as officer: Actor, _ isAsked: (Match) -> Bool
    ) async throws -> (match: Match, compared: CompareSamples.Answer) {
        let found = try #require(
            try await laboratory.perform(ListMatches(), as: officer).matches.first(where: isAsked))
        let compared = try await laboratory.perform(
            CompareSamples(
                query: found.query, candidate: found.candidate, relation: found.relation,
                inquiry: Inquiry(purpose: "核对")), as: officer)
        return (found, compared)
    }

    /// What changes from run to run, named.
    private func steady(_ html: String, _ match: Match) throws -> String {
        let start = try #require(html.range(of: "<main")?.lowerBound)
        let end = try #require(html.range(of: "</main>")?.upperBound)
        return String(html[start..<end]).replacing(match.id.text, with: "MATCH")
            .replacing(try #require(RunningProgram.digest), with: "PROGRAM") + "\n"
    }

    @Test(
        "a report on paper has the match's numbers in full, and room to sign",
        arguments: TestDatabase.engines)
    func report(engine: Engine) async throws {
        let site = try await Site(engine)
        let laboratory = try await searched(site)
        let officer = try await site.office.account(.laboratoryOfficer, at: site.office.province)
        let (match, compared) = try await match(laboratory, as: officer.actor) {
            $0.query == "U-1" && $0.candidate == "R-1" && $0.relation == "parent"
        }
        let path = "/laboratory/matches/\(match.id.text)"
        try await site.visit(as: .laboratoryOfficer, at: site.office.province) { browser in
            #expect(try await browser.open(path).body.contains("href=\"\(path)/report\""))
            let seen = try await browser.open(path + "/report")
            #expect(seen.status == 200)
            #expect(!seen.body.contains("class=\"places\""), "no navigation on it")
            #expect(seen.body.contains("尚未由两人确认"))
            #expect(seen.body.contains(compared.method.digest))
            let total = try #require(compared.log10)
            #expect(seen.body.contains("log₁₀ = \(total)"))
            let text = Text(.zhHans)
            let mutated = compared.lines.filter(\.needsMutation).count
            #expect(mutated == 1)
            for line in compared.lines {
                let row = try #require(
                    seen.body.firstMatch(
                        of: try Regex("<tr><th scope=\"row\">\(line.locus)</th>.*"))?.0)
                let cells = row.matches(of: /<td[^>]*>([^<]*)/).map { String($0.1) }
                #expect(cells[0] == line.query?.given && cells[1] == line.candidate?.given)
                let ratio = try #require(Double(cells[2]))
                let own = try #require(line.log10)
                #expect(abs(log10(ratio) - own) < 1e-11, "\(line.locus) \(cells[2])")
                #expect(row.contains(text("laboratory.mutationNeeded")) == line.needsMutation)
            }
            for language in Language.allCases {
                browser.cookies["guitu-language"] = language.rawValue
                let page = try await browser.open(path + "/report")
                #expect(!page.body.contains("⟨"))
                try SnapshotTests().expectSnapshot(
                    try steady(page.body, match), "page-match-report.\(language.rawValue).html")
            }
        }
        for (name, verdict) in [("符合", 1), ("复核符合", 2)] {
            let other = try await site.office.account(.laboratoryOfficer, at: site.office.province)
            try await laboratory.decide(
                DecideMatch(match: match.id, verdict: .confirm, reason: name), as: other.actor)
            try await site.visit(as: .laboratoryOfficer, at: site.office.province) { browser in
                let seen = try await browser.open(path + "/report").body
                #expect(seen.contains(name))
                #expect(seen.contains("尚未由两人确认") == (verdict < 2))
            }
        }
        try await site.visit(as: .tracingOfficer) { browser in
            let refused = try await browser.open(path + "/report")
            #expect(refused.status == 403)
        }
    }

    @Test("a match with a family is shown locus by locus", arguments: TestDatabase.engines)
    func family(engine: Engine) async throws {
        let site = try await Site(engine)
        let laboratory = try await searched(site)
        let officer = try await site.office.account(.laboratoryOfficer, at: site.office.province)
        try await laboratory.perform(
            KeepFamily(
                code: "F-1",
                pedigree: "id,father,mother,sex\nX,F,R-1,1\nR-1,0,0,2\nF,0,0,1\nR-3,0,R-1,0\n",
                missing: "X"), as: officer.actor)
        try await laboratory.perform(
            SearchLibrary(kind: .unidentified, inquiry: Inquiry(purpose: "核对")),
            as: officer.actor)
        try await laboratory.answerSearches()
        let (match, compared) = try await match(laboratory, as: officer.actor) {
            $0.relation == "missing"
        }
        #expect(compared.samples.map(\.number) == ["R-1", "R-3", "U-1"])
        #expect(abs((compared.log10 ?? 0) - match.log10) < 1e-9 * abs(match.log10))
        try await site.visit(as: .laboratoryOfficer, at: site.office.province) { browser in
            let path = "/laboratory/matches/\(match.id.text)"
            for address in [path, path + "/report"] {
                let seen = try await browser.open(address)
                #expect(seen.status == 200)
                for line in compared.lines {
                    let row = try #require(
                        seen.body.firstMatch(
                            of: try Regex("<tr><th scope=\"row\">\(line.locus)</th>.*"))?.0)
                    for (number, call) in zip(
                        ["R-1", "R-3", "U-1"], line.relatives + [line.candidate])
                    {
                        #expect(row.contains("data-label=\"\(number)\">\(call?.given ?? "?")</td>"))
                    }
                }
            }
        }
    }

    @Test("many notes of an import are told once a sample")
    func notes() {
        let text = Text(.en)
        let notes = [(4, "B", "b"), (2, "A", "a"), (2, "A", "c"), (2, "A", "a")]
        func told(_ most: Int) -> [String] {
            SamplePages.bySample(notes, text, most: most).map { "\($0.0) \($0.1) \($0.2)" }
        }
        #expect(told(3) == ["2 A \(text.list(["a", "c"]))", "4 B b"])
        #expect(told(4).count == 4)
    }
}
