import Foundation
import GuituCore
import GuituModel
import GuituStore
import GuituText
import TestSupport
import Testing

@testable import GuituWeb

/// Every page of the path, kept as a snapshot in both languages: one person
/// comes, is found by their family and goes home, and each page on the way is
/// looked at.
@Suite("Pages")
struct PageTests {
    @Test("every page of the path looks as it did", arguments: Language.allCases)
    func path(language: Language) async throws {
        let site = try await Site(.sqlite)
        let office = site.office
        let reception = try await site.session(.reception)
        let one = try await site.session(.tracingOfficer)
        let other = try await site.session(.tracingOfficer)
        let director = try await site.session(.director)

        try await site.visit { browser in
            let look = Look(browser, language)
            try await look.at("/sign-in", "sign-in")
            try await look.at("/about", "about")

            look.signedIn(director)
            try await look.at("/", "home-empty")
            try await look.at("/people", "people-empty")
            try await look.at("/tracing", "tracing-empty")
            try await look.at("/missing", "missing-empty")
            try await look.at("/imports", "imports")
            try await look.at("/stations/\(office.station.text)/beds", "beds-empty")

            look.signedIn(one)
            try await look.at("/missing/new", "missing-new")
            try await browser.submit(
                "/missing",
                [
                    ("name", "王桂花"), ("sex", "female"), ("birth", "1961年"),
                    ("homePlace", "河南省信阳市固始县"), ("lost", "2026-11-20"),
                    ("lostPlace", "河洛市汽车站"), ("marks", "左手背烫伤疤痕"),
                    ("reporterName", "李建国"), ("reporterRelation", "丈夫"),
                    ("reporterPhone", "13800000026"),
                ])
            try await look.next("missing-report")

            look.signedIn(reception)
            try await look.at("/arrivals/new", "arrival-new")
            try await browser.submit("/arrivals", [("name", "<欧阳·𠮷>"), ("birth", "2016-02-30")])
            #expect(browser.page.status == 422)
            try look.here("arrival-wrong")
            try await browser.open("/arrivals/new")
            try await browser.submit(
                "/arrivals",
                [
                    ("mode", "police"), ("broughtBy", "车站派出所"), ("condition", "well"),
                    ("checkNotes", "左手背有烫伤疤痕"), ("sex", "female"), ("birth", "约65岁"),
                    ("communication", "mute"), ("foundPlace", "河洛市汽车站"),
                    ("consent", "agreed"), ("belongings", "布包\n旧手机 ×2"),
                ])
            let choice = try #require(browser.page.location)
            let person = try #require(Person.ID(String(choice.split(separator: "/")[1])))
            let file = "/people/\(person.text)"
            try await look.next("bed-choice")
            let bed = try await office.beds("female")[0]
            try await browser.submit(choice, [("bed", bed.text)])
            try await look.next("person")
            try await look.at(file + "/correct", "person-correct")
            try await look.at(file + "/whereabouts", "whereabouts")
            try await look.at("/people", "people")
            try await look.at("/stations/\(office.station.text)/beds", "beds")
            try await look.at("/people?q=%E7%8E%8B%E4%BA%94", "people-no-match")

            try await browser.open(file)
            for (kind, value) in [("name", "王桂华"), ("home-place", "河南信阳固始")] {
                try await browser.submit(
                    file + "/observations",
                    [
                        ("kind", kind), ("value", value), ("source", "self"),
                        ("certainty", "doubtful"),
                    ])
                #expect(browser.page.status == 303)
                try await browser.open(file)
            }
            let request: TracingRequest.ID = try await office.database.read { tx in
                let row = try tx.first("SELECT id FROM tracing_request WHERE person = \(person)")
                return try #require(row)["id"]
            }
            try await RankRequest.run(request, in: office.workplace)
            let candidate: Candidate.ID = try await office.database.read { tx in
                let row = try tx.first("SELECT id FROM candidate WHERE request = \(request)")
                return try #require(row)["id"]
            }

            let compare = "/candidates/\(candidate.text)"
            for (token, name) in [(one, "first"), (other, "second")] {
                look.signedIn(token)
                try await look.at("/", "home-\(name)")
                try await look.at("/tracing", "tracing-\(name)")
                try await look.at("/tracing/\(request.text)", "request-\(name)")
                try await look.at(compare, "candidate-\(name)")
                try await browser.submit(
                    compare + "/decide", [("verdict", "confirm"), ("reason", "疤痕一致，丈夫视频辨认")])
                try await look.next("candidate-\(name)-decided")
            }

            look.signedIn(reception)
            try await look.at("/", "home-family")
            try await look.at(file + "/departure", "departure")
            #expect(
                try #require(browser.form(file + "/departure")).contains { $0.name == "candidate" },
                "whoever hands somebody over sees which report was confirmed")
            let leaving = [
                ("kind", "family-collects"), ("collectorName", "李建国"), ("collectorRelation", "丈夫"),
                ("collectorIdentity", Self.identity), ("identityChecked", "yes"), ("agreed", "yes"),
            ]
            try await browser.submit(file + "/departure", leaving)
            #expect(browser.page.status == 422)
            try look.here("departure-refused")
            try await browser.open(file)
            try await browser.submit(file + "/return-belongings", [("receivedBy", "李建国")])
            try await browser.open(file + "/departure")
            try await browser.submit(file + "/departure", leaving)
            try await look.next("person-home")
            try await look.at("/people/\(office.station.text)", "not-found")
            try await look.at("/account", "account")
        }
        #expect(try await site.count("bed_stay WHERE until_at IS NULL") == 0)
    }

    /// Invented; its check digit is right.
    static let identity = IdentityNumber(completing: "41152519600101121")?.normalised ?? ""
}

/// Looks at pages in one language: nothing unsaid, no fault, and the same as
/// the last time somebody read the difference.
struct Look {
    let browser: Browser
    let language: Language

    init(_ browser: Browser, _ language: Language) {
        self.browser = browser
        self.language = language
        browser.cookies["guitu-language"] = language.rawValue
    }

    func signedIn(_ token: String) { browser.cookies["guitu"] = token }

    func at(_ path: String, _ name: String) async throws {
        try await browser.open(path)
        try here(name)
    }

    /// The page that the form just sent leads to.
    func next(_ name: String) async throws {
        #expect(browser.page.status == 303, "\(name): \(browser.page.status)")
        try await browser.follow()
        try here(name)
    }

    func here(_ name: String) throws {
        let body = browser.page.body
        #expect(browser.page.status < 500, "\(name)")
        #expect(!body.contains("⟨"), "\(name) has a sentence that no catalog has")
        if let path = ProcessInfo.processInfo.environment["GUITU_GALLERY"] {
            let file = URL(filePath: path).appending(path: "page-\(name).\(language.rawValue).html")
            try body.write(to: file, atomically: true, encoding: .utf8)
        }
        try compare(Self.plain(body), "page-\(name).\(language.rawValue).html")
    }

    /// Line by line in any order: what was recorded in one moment has ids of
    /// one moment, and stands in the order of their random part.
    private func compare(_ seen: String, _ name: String) throws {
        let file = SnapshotTests.folder.appending(path: name)
        let kept = try? String(contentsOf: file, encoding: .utf8)
        func lines(_ text: String?) -> [Substring] {
            (text ?? "").replacing("<li", with: "\n<li").replacing("</li>", with: "\n")
                .split(separator: "\n").sorted()
        }
        guard lines(kept) != lines(seen) else { return }
        if ProcessInfo.processInfo.environment["GUITU_RECORD"] == "1" {
            try seen.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let new = Set(lines(seen)).subtracting(lines(kept)).sorted().prefix(5)
        Issue.record("\(name) changed; GUITU_RECORD=1 records it: \(new)")
    }

    /// Without what differs from run to run: ids, form tokens, asset names and
    /// how many notices wait.
    private static func plain(_ body: String) -> String {
        var seen = body
        for asset in Asset.all {
            seen = seen.replacing(
                asset.name, with: String(asset.name.prefix { $0 != "-" }) + "-HASH")
        }
        seen = seen.replacing(/\b0[0-9a-hjkmnp-tv-z]{25}\b/, with: "ID")
        // Which of two officers is named, and so told, is left to chance.
        seen = seen.replacing(/<span class="count">.*?<\/span><\/span>/, with: "")
        return seen.replacing(/\b([0-9a-f]{64}|[0-9a-f]{48}-[0-9]+)\b/, with: "SECRET")
    }
}
