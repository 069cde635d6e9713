import Foundation
import GuituCore
import GuituModel
import GuituStore
import HTTPTypes
import TestSupport
import Testing

@testable import GuituWeb

@Suite("The server")
struct ServerTests {
    @Test("every answer carries the headers that protect it")
    func headers() async throws {
        var options = GuituServer.Options()
        options.isSecure = true
        let site = try await Site(.sqlite, options)
        try await site.visit { browser in
            for (method, path) in [
                (HTTPRequest.Method.get, "/health"), (.get, "/about"), (.get, "/nowhere"),
                (.get, Asset.style.link.address), (.put, "/about"), (.get, "/people"),
                (.get, "/assets/none.css"), (.post, "/language"),
            ] {
                let seen = try await browser.send(method, path)
                #expect(seen.headers[.contentSecurityPolicy] == contentSecurityPolicy, "\(path)")
                #expect(seen.headers[.xContentTypeOptions] == "nosniff", "\(path)")
                #expect(seen.headers[.referrerPolicy] == "no-referrer", "\(path)")
                #expect(seen.headers[.frameOptions] == "DENY", "\(path)")
                #expect(seen.headers[.permissionsPolicy] != nil, "\(path)")
                #expect(seen.headers[.strictTransportSecurity] == "max-age=31536000", "\(path)")
                let cache = path == Asset.style.link.address ? Asset.cacheControl : "no-store"
                #expect(seen.headers[.cacheControl] == cache, "\(path)")
            }
        }
    }

    @Test("assets are kept for ever under the name of their content")
    func assets() async throws {
        let site = try await Site(.sqlite)
        try await site.visit { browser in
            let style = try await browser.open(Asset.style.link.address)
            #expect(style.status == 200)
            #expect(style.headers[.contentType] == "text/css; charset=utf-8")
            let tag = try #require(style.headers[.eTag])
            let again = try await browser.send(
                .get, Asset.style.link.address, headers: [.ifNoneMatch: tag])
            #expect(again.status == 304)
            #expect(try await browser.open("/assets/..%2f..%2fetc%2fpasswd").status == 404)
        }
    }

    @Test("while the database is away pages say so, and health and the page about Guitu answer")
    func databaseAway() async throws {
        let site = try await Site(.sqlite)
        try await site.visit { browser in
            let ready = try await browser.open("/health/ready")
            #expect(ready.status == 200)
        }
        let token = try await site.session(.reception)
        await site.office.database.close()
        try await site.visit { browser in
            #expect(try await browser.open("/health").status == 200)
            #expect(try await browser.open("/about").status == 200)
            let ready = try await browser.open("/health/ready")
            #expect(ready.status == 503)
            #expect(ready.headers[.retryAfter] != nil)
            browser.cookies["guitu"] = token
            let about = try await browser.open("/about")
            #expect(about.status == 200)
            #expect(about.body.contains("归途"))
        }
    }

    @Test("the language is what the reader chose, else what the browser asks for, else Chinese")
    func language() async throws {
        let site = try await Site(.sqlite)
        try await site.visit { browser in
            #expect(try await browser.open("/about").body.contains("<html lang=\"zh-Hans\">"))
            let asked = try await browser.send(.get, "/about", headers: [.acceptLanguage: "en-GB"])
            #expect(asked.body.contains("<html lang=\"en\">"))
            try await browser.open("/about")
            let switched = try await browser.submit("/language", [("language", "en")])
            #expect(switched.status == 303)
            #expect(switched.location == "/about")
            #expect(try await browser.follow().body.contains("<html lang=\"en\">"))
        }
    }

    @Test("a form comes from our own pages and carries the token of its session")
    func forged() async throws {
        let site = try await Site(.sqlite)
        try await site.visit { browser in
            try await browser.open("/about")
            let token = try #require(browser.form("/language")?.first { $0.name == "csrf" }?.value)
            let good = [("csrf", token), ("language", "en"), ("return", "/about")]
            let bad = [("csrf", String(token.reversed())), ("language", "en")]

            browser.site = "cross-site"
            #expect(try await browser.post("/language", good).status == 403)
            browser.site = "same-site"
            #expect(try await browser.post("/language", good).status == 403)
            browser.site = nil
            #expect(try await browser.post("/language", bad).status == 403)
            #expect(try await browser.post("/language", [("language", "en")]).status == 403)
            #expect(browser.cookies["guitu-language"] == nil)
            // An older browser that says nothing is known by the token alone.
            #expect(try await browser.post("/language", good).status == 303)
        }
    }

    @Test("the way back after a form never leads to another site")
    func returning() async throws {
        let site = try await Site(.sqlite)
        try await site.visit { browser in
            for address in ["https://evil.example/", "//evil.example", "/\\evil.example", "evil"] {
                try await browser.open("/about")
                let answer = try await browser.submit(
                    "/language", [("language", "en"), ("return", address)])
                #expect(answer.location == "/", "\(address)")
            }
        }
    }

    @Test("bodies are limited, announced and complete")
    func bodies() async throws {
        var options = GuituServer.Options()
        options.bodyLimit = 1000
        let site = try await Site(.sqlite, options)
        try await site.visit { browser in
            let large = Array(repeating: UInt8(ascii: "a"), count: 1001)
            #expect(try await browser.send(.post, "/language", body: large).status == 413)
            let json = try await browser.send(
                .post, "/language", body: Array("{}".utf8), type: "application/json")
            #expect(json.status == 415)
            #expect(
                try await browser.send(.post, "/language", body: Array("a=%".utf8)).status == 400)
            let long = "/about?" + String(repeating: "q", count: 5000)
            #expect(try await browser.open(long).status == 400)
        }
    }

    @Test("another method is refused and told what there is")
    func methods() async throws {
        let site = try await Site(.sqlite)
        try await site.visit { browser in
            let answer = try await browser.send(.delete, "/about")
            #expect(answer.status == 405)
            #expect(answer.headers[.allow] == "GET")
            let head = try await browser.send(.head, "/about")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test("cookies are for this host, for no script, and over HTTPS only where there is HTTPS")
    func cookies() {
        let secure = CookieNames(isSecure: true)
        #expect(secure.session == "__Host-guitu")
        #expect(
            secure.set(secure.session, "x")
                == "__Host-guitu=x; Path=/; HttpOnly; SameSite=Lax; Secure")
        let plain = CookieNames(isSecure: false)
        #expect(plain.set(plain.session, "x") == "guitu=x; Path=/; HttpOnly; SameSite=Lax")
    }

    @Test("a flash is read only with the secret it was signed with")
    func flash() throws {
        let flash = Flash(saying: Saying("flash.test", ["count": "3"]), undo: "/back")
        let cookie = try #require(flash.signed(with: "secret"))
        #expect(Flash(cookie, secret: "secret")?.saying == flash.saying)
        #expect(Flash(cookie, secret: "another") == nil)
        #expect(Flash("x" + cookie, secret: "secret") == nil)
        #expect(!cookie.contains(where: { ";,\" ".contains($0) }))
    }

    @Test("the log says which route, never which person or what was asked for")
    func accessLog() async throws {
        let site = try await Site(.sqlite)
        let arrived = try await site.office.workplace.perform(
            site.office.arrival(), as: .program(reason: "test"))
        try await site.visit(as: .reception) { browser in
            try await browser.open("/people/\(arrived.person.text)")
            try await browser.open("/people?q=%E7%8E%8B%E7%A7%80%E5%85%B0")
            try await browser.open("/secret-word")
        }
        let lines = site.log.lines
        #expect(lines.contains { $0.contains("route=/people/{person} status=200") })
        for word in [arrived.person.text, "%E7", "王", "secret-word"] {
            #expect(!lines.contains { $0.contains(word) }, "\(word)")
        }
    }
}
