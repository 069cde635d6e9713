import GuituCore
import GuituModel
import GuituStore
import HTTPTypes
import TestSupport
import Testing

@testable import GuituWeb

@Suite("Addresses")
struct RouteTests {
    private static let table = RouteTable([
        .page("/", []) { _ in .plain(.ok, "home") },
        .page("/people/{person}", []) { _ in .plain(.ok, "one") },
        .page("/people/new", []) { _ in .plain(.ok, "new") },
        .action("/people/{person}/unmask", [], again: { _ in .plain(.ok, "") }) { _ in
            .plain(.ok, "unmask")
        },
    ])

    private func name(_ method: HTTPRequest.Method, _ path: String) -> String {
        switch Self.table.match(method, path) {
        case .route(let route, let parameters):
            route.pattern + parameters.map { " \($0.key)=\($0.value)" }.joined()
        case .methods(let methods): "only " + methods.map(\.rawValue).joined(separator: " ")
        case .nothing: "nothing"
        }
    }

    @Test("a written word is found before an id, and an id says what it names")
    func words() {
        #expect(name(.get, "/people/new") == "/people/new")
        #expect(name(.get, "/people/7") == "/people/{person} person=7")
        #expect(name(.get, "/") == "/")
        #expect(name(.head, "/people/7") == "/people/{person} person=7")
    }

    @Test("another method is told which ones there are, another address nothing")
    func methods() {
        #expect(name(.get, "/people/7/unmask") == "only POST")
        #expect(name(.put, "/") == "only GET")
        for path in ["/people", "/people/", "/people//unmask", "/people/7/", "//", "", "/x"] {
            #expect(name(.get, path) == "nothing", "\(path)")
        }
    }

    @Test("no two routes answer the same address")
    func distinct() {
        let names = allRoutes.map { route in
            route.method.rawValue + " "
                + route.parts.map { part in
                    if case .word(let word) = part { word } else { "*" }
                }.joined(separator: "/")
        }
        #expect(Set(names).count == names.count, "\(names.sorted())")
    }
}

@Suite("Forms as browsers send them")
struct FormBodyTests {
    @Test("fields keep their order, characters and line ends")
    func urlEncoded() throws {
        let body = "name=%E5%BC%A0+%E4%B8%89&note=a%0D%0Ab&empty=&bare&x=1%3D2"
        let fields = try FormBody.urlEncoded(Array(body.utf8)).fields
        #expect(fields.map(\.name) == ["name", "note", "empty", "bare", "x"])
        #expect(fields.map(\.value) == ["张 三", "a\nb", "", "", "1=2"])
    }

    @Test(
        "broken encodings are refused",
        arguments: [
            "a=%", "a=%4", "a=%zz", "a=%FF%FE", "%80=1", String(repeating: "x", count: 101),
        ])
    func broken(body: String) {
        #expect(throws: FormBody.Failure.malformed) {
            try FormBody.urlEncoded(Array(body.utf8))
        }
    }

    @Test("more fields than any form of ours has are refused")
    func tooMany() {
        let body = (0...FormBody.mostFields).map { "f\($0)=1" }.joined(separator: "&")
        #expect(throws: FormBody.Failure.tooManyFields) {
            try FormBody.urlEncoded(Array(body.utf8))
        }
    }

    private let boundary = "----form7"
    private func multipart(_ parts: String...) -> [UInt8] {
        Array((parts.map { "------form7\r\n\($0)\r\n" }.joined() + "------form7--\r\n").utf8)
    }

    @Test("multipart carries fields and files, byte by byte")
    func files() throws {
        let form = try FormBody.parse(
            multipart(
                "Content-Disposition: form-data; name=\"reason\"\r\n\r\n你好\r\n--\r\n",
                "Content-Disposition: form-data; name=\"file\"; filename=\"a%22b.csv\"\r\nContent-Type: text/csv\r\n\r\n\r\nx,y\r\n",
                "Content-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n"),
            contentType: "multipart/form-data; boundary=\(boundary)")
        #expect(form.fields.map(\.name) == ["reason"])
        #expect(form.fields.map(\.value) == ["你好\n--\n"])
        #expect(form.files.map(\.fileName) == ["a\"b.csv"])
        #expect(form.files.first?.bytes == Array("\r\nx,y\r\n".utf8))
    }

    @Test("a cut or nameless part is refused, at every length")
    func cut() throws {
        let whole = multipart("Content-Disposition: form-data; name=\"a\"\r\n\r\nb")
        for length in 0..<(whole.count - 4) {
            #expect(throws: FormBody.Failure.malformed, "\(length)") {
                try FormBody.multipart(Array(whole.prefix(length)), boundary: boundary)
            }
        }
        #expect(throws: FormBody.Failure.malformed) {
            try FormBody.multipart(
                multipart("Content-Disposition: form-data\r\n\r\nb"), boundary: boundary)
        }
    }

    @Test("another type of content is no form")
    func types() {
        #expect(throws: FormBody.Failure.unknownType) {
            try FormBody.parse([], contentType: "application/json")
        }
    }
}

@Suite("Limits")
struct LimitTests {
    @Test("a bucket empties, refills by the clock and never overflows")
    func bucket() {
        let limit = RateLimit(burst: 3, pause: .seconds(10))
        let start = ContinuousClock.now
        #expect(
            (0..<5).map { _ in limit.take("a", at: start) } == [true, true, true, false, false])
        #expect(limit.take("b", at: start))
        #expect(!limit.take("a", at: start + .seconds(9)))
        #expect(limit.take("a", at: start + .seconds(11)))
        #expect(
            (0..<4).map { _ in limit.take("a", at: start + .seconds(900)) } == [
                true, true, true, false,
            ])
    }

    @Test("an IPv6 subscriber is one caller, an IPv4 address is one")
    func addresses() {
        #expect(addressBucket("10.1.2.3") == "10.1.2.3")
        #expect(addressBucket("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2")
        #expect(addressBucket("2001:db8::1") == addressBucket("2001:db8::2"))
        #expect(addressBucket("fe80::1%eth0") == "fe80:0:0:0")
        #expect(addressBucket("::1") == "0:0:0:0")
    }

    @Test("who waits longer than the limit gets nothing, and does not wait on")
    func within() async throws {
        let start = ContinuousClock.now
        let late = try await GuituWeb.within(.milliseconds(50)) {
            try await Task.sleep(for: .seconds(30))
            return 1
        }
        #expect(late == nil)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try await GuituWeb.within(.seconds(30)) { 2 } == 2)
        await #expect(throws: CancellationError.self) {
            try await GuituWeb.within(.seconds(30)) { () -> Int in throw CancellationError() }
        }
    }
}
