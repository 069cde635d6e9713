import Foundation
import GuituText
import Testing

@testable import GuituWeb

@Suite("Components")
struct SnapshotTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Snapshots")

    /// GUITU_RECORD=1 writes them anew; then read the difference.
    @Test("every component looks as it did", arguments: Language.allCases)
    func snapshots(language: Language) throws {
        let gallery = Gallery(text: Text(language))
        var pages = gallery.specimens
        pages.append(("frame", gallery.frame.page("归途", narrow: true, "<p>x</p>")))
        for (name, html) in pages {
            #expect(html.fault == nil, "\(name)")
            // Addresses of our own files change with their content.
            var seen = html.description
            for asset in Asset.all {
                seen = seen.replacing(
                    asset.name, with: String(asset.name.prefix { $0 != "-" }) + "-HASH")
            }
            try expectSnapshot(seen, "\(name).\(language.rawValue).html")
        }
    }

    func expectSnapshot(_ seen: String, _ name: String) throws {
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["GUITU_RECORD"] == "1" {
            try seen.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let kept = try? String(contentsOf: file, encoding: .utf8)
        #expect(kept == seen, "\(name) changed; GUITU_RECORD=1 records it")
    }

    @Test("no sentence is missing from a component", arguments: Language.allCases)
    func saysEverything(language: Language) {
        let page = Gallery(text: Text(language)).page
        #expect(page.fault == nil)
        #expect(!page.description.contains("⟨"))
    }

    @Test("nothing inline: no style, no handler, no script of a page's own")
    func nothingInline() throws {
        let page = Gallery(text: Text(.zhHans)).page.description
        #expect(page.firstMatch(of: /<[a-z][^>]*\s(?:style|on[a-z]+)=/) == nil)
        #expect(!page.contains("<style"))
        #expect(page.matches(of: /<script/).count == 1)
        #expect(!page.contains("http:") && !page.contains("https:"))
    }

    @Test("ids are unique on a page, and every reference finds its id")
    func references() throws {
        let gallery = Gallery(text: Text(.zhHans))
        for specimen in gallery.specimens + [("frame", gallery.frame.page("x", ""))] {
            let html = specimen.html.description
            let ids = html.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
            #expect(Set(ids).count == ids.count, "\(specimen.name): \(ids)")
            let references =
                html.matches(of: /(?:\sfor|aria-labelledby|\slist)="([^"]*)"/).map { String($0.1) }
                + html.matches(of: /aria-describedby="([^"]*)"/)
                .flatMap { $0.1.split(separator: " ").map(String.init) }
            for reference in references where reference != "problems" {
                #expect(ids.contains(reference), "\(specimen.name): \(reference)")
            }
        }
    }

    @Test("what proved who somebody was is not carried through signing in")
    func keptDropsSecrets() throws {
        let kept = Gallery(text: Text(.zhHans)).kept
        #expect(kept.typed.values.map(\.name) == ["name", "key"])
        #expect(
            !kept.hidden.description.contains("never") && !kept.hidden.description.contains("old"))

        let sent = Typed(
            [("account", "a"), ("password", "b"), (Kept.actionName, "/arrivals")]
                + kept.typed.values.map { (Kept.prefix + $0.name, $0.value) })
        #expect(Kept(signedInWith: sent) == kept)
        #expect(Kept(signedInWith: Typed([("account", "a")])) == nil)
        #expect(Kept(signedInWith: Typed([(Kept.actionName, "https://example.org")])) == nil)
    }

    @Test("sorting by the same column again turns the order, and filters stay")
    func sorting() {
        let query = ListQuery("/people", filters: [("q", "王")], sort: "age", cursor: "x")
        #expect(query.sorted(by: "age").address == "/people?q=%E7%8E%8B&sort=age&order=down")
        #expect(query.sorted(by: "name").address == "/people?q=%E7%8E%8B&sort=name")
        #expect(query.page(from: "c").address == "/people?q=%E7%8E%8B&sort=age&from=c")
        #expect(query.export().address == "/people?q=%E7%8E%8B&sort=age&as=csv")
    }

    @Test(
        "the words for a weight follow its size and direction",
        arguments: [
            (3.2, "有力支持同一人（约1600倍）"), (1.0, "支持同一人（约10倍）"), (0.5, "略微支持（约3.2倍）"), (0.05, "无影响"),
            (-0.5, "略微不支持（约3.2倍）"), (-2.0, "不支持同一人（约100倍）"), (-4, "明显不支持（约10,000倍）"),
            (40.0, "有力支持同一人（约1,000,000倍）"),
        ])
    func weights(weight: Double, words: String) {
        #expect(weightWords(Text(.zhHans), weight) == words)
    }

    /// GUITU_GALLERY=folder writes the page and its assets for a browser.
    @Test("the gallery can be written out")
    func writeGallery() throws {
        guard let path = ProcessInfo.processInfo.environment["GUITU_GALLERY"] else { return }
        let root = URL(filePath: path)
        try FileManager.default.createDirectory(
            at: root.appending(path: "assets"), withIntermediateDirectories: true)
        for language in Language.allCases {
            let page = Gallery(text: Text(language)).page
            try Data(page.bytes).write(to: root.appending(path: "\(language.rawValue).html"))
        }
        for asset in Asset.all {
            try Data(asset.bytes).write(to: root.appending(path: "assets/\(asset.name)"))
        }
    }
}

@Suite("Assets")
struct AssetTests {
    @Test("assets are named by their content and found by their name")
    func named() {
        for asset in Asset.all {
            #expect(asset.bytes.count > 300, "\(asset.name)")
            #expect(Asset.named(asset.name)?.bytes == asset.bytes)
            #expect(asset.name.contains(/^[a-z]+-[0-9a-f]{16}\.[a-z]+$/))
        }
        #expect(Asset.named("guitu.css") == nil)
    }

    @Test("the script keeps nothing in the browser and asks nobody else")
    func scriptKeepsNothing() {
        let script = String(decoding: Asset.script.bytes, as: UTF8.self)
        for word in [
            "localStorage", "sessionStorage", "indexedDB", "cookie", "http", "eval", "innerHTML",
        ] {
            #expect(!script.contains(word), "\(word)")
        }
    }

    @Test("the style asks nobody else and is not smaller than 14 pixels")
    func style() throws {
        let style = String(decoding: Asset.style.bytes, as: UTF8.self)
        #expect(!style.contains("url(") && !style.contains("@import"))
        for match in style.matches(of: /font-size: ([.0-9]+)rem/) {
            let size = try #require(Double("0" + String(match.1)))
            #expect(size >= 0.875, "\(match.0)")
        }
    }
}
