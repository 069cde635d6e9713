import Foundation
import Glibc
import GuituCore
import GuituStore
import TestSupport
import Testing

@testable import GuituWeb

/// The server on a port of its own, and sockets that do what no browser does.
@Suite("Over a real connection", .serialized)
struct LiveTests {
    /// Runs `body` with the port of a server over an invented province.
    private func serve(
        _ options: GuituServer.Options = .init(), _ body: (Site, Int) async throws -> Void
    ) async throws {
        var options = options
        options.port = 0
        let site = try await Site(.sqlite, options)
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = site.server
        let running = Task { try await server.run { port.yield($0) } }
        defer { running.cancel() }
        guard let number = await ports.first(where: { _ in true }) else { return }
        try await body(site, number)
    }

    private func post(_ length: Int, _ body: String, close: Bool = true) -> String {
        "POST /language HTTP/1.1\r\nHost: x\r\n\(close ? "Connection: close\r\n" : "")"
            + "Content-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: \(length)\r\n\r\n\(body)"
    }

    @Test("a body that stops in the middle is answered with 408, and the next caller is served")
    func stopped() async throws {
        var options = GuituServer.Options()
        options.bodySilence = .milliseconds(300)
        try await serve(options) { _, port in
            for close in [true, false] {
                // Many, since what reads the body is left behind each time.
                for _ in 0..<10 {
                    let answer = try await Wire.talk(port) { wire in
                        try wire.send(self.post(1000, "language=en", close: close))
                        return try wire.all(within: 10)
                    }
                    #expect(answer.hasPrefix("HTTP/1.1 408"), "\(answer.prefix(200))")
                    #expect(answer.contains("网络太慢"))
                }
            }
            #expect(try await Wire.get(port, "/health").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("a body that trickles for ever is answered with 408 too")
    func trickling() async throws {
        var options = GuituServer.Options()
        options.bodyTime = .milliseconds(800)
        try await serve(options) { _, port in
            let answer = try await Wire.talk(port) { wire in
                try wire.send(self.post(1000, ""))
                for _ in 0..<8 {
                    try wire.send("a")
                    usleep(150_000)
                }
                return try wire.all(within: 10)
            }
            #expect(answer.hasPrefix("HTTP/1.1 408"), "\(answer.prefix(200))")
        }
    }

    @Test("what is too large is refused when it is announced, and when it was not announced")
    func tooLarge() async throws {
        var options = GuituServer.Options()
        options.bodyLimit = 1000
        try await serve(options) { _, port in
            let announced = try await Wire.talk(port) { wire in
                try wire.send(self.post(1_000_000_000, "language=en"))
                return try wire.all(within: 10)
            }
            #expect(announced.hasPrefix("HTTP/1.1 413"), "\(announced.prefix(200))")
            #expect(announced.contains("文件过大"))
            let unannounced = try await Wire.talk(port) { wire in
                try wire.send(
                    "POST /language HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3e8\r\n" + String(repeating: "a", count: 1000) + "\r\n0\r\n\r\n")
                return try wire.head(within: 10)
            }
            #expect(unannounced.hasPrefix("HTTP/1.1 400"), "\(unannounced.prefix(200))")
        }
    }

    @Test("a head that comes too slowly, or never, costs its connection and nobody else's")
    func slowHeads() async throws {
        var options = GuituServer.Options()
        options.idleLimit = .milliseconds(700)
        try await serve(options) { _, port in
            for trickles in [true, false] {
                let (said, seconds) = try await Wire.talk(port) { wire in
                    let started = ContinuousClock.now
                    try wire.send("GET /health HTTP/1.1\r\nHost: x\r\n")
                    var said = ""
                    for _ in 0..<40 where said.isEmpty {
                        // Always a little more, so that it never rests.
                        if trickles { try? wire.send("X-A: b\r\n") }
                        guard let more = try wire.some(within: 0.2) else { break }
                        said += more
                    }
                    return (said, (ContinuousClock.now - started) / .seconds(1))
                }
                #expect(!said.contains(" 200 "), "\(said)")
                #expect(seconds < 4, "it was kept for \(seconds) s")
                #expect(try await Wire.get(port, "/health").hasPrefix("HTTP/1.1 200"))
            }
        }
    }

    @Test("a head that is too large is refused")
    func largeHead() async throws {
        try await serve { _, port in
            let answer = try await Wire.talk(port) { wire in
                try wire.send(
                    "GET /health HTTP/1.1\r\nX: " + String(repeating: "a", count: 100_000)
                        + "\r\n\r\n")
                return try wire.all(within: 10)
            }
            #expect(!answer.contains(" 200 "), "\(answer.prefix(100))")
            #expect(try await Wire.get(port, "/health").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("no more connections are held than allowed, and who waits is served after them")
    func connections() async throws {
        var options = GuituServer.Options()
        options.connectionLimit = 8
        options.idleLimit = .milliseconds(2500)
        try await serve(options) { _, port in
            let (held, later) = try await Wire.talk(port) { first in
                let request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
                let all = try [first] + (0..<59).map { _ in try Wire(port) }
                for wire in all { try wire.send(request) }
                var held = 0
                let early = ContinuousClock.now + .milliseconds(1500)
                while .now < early {
                    for wire in all where try wire.some(within: 0.005)?.contains(" 200 ") == true {
                        held += 1
                    }
                }
                // Those in front rest and are closed; the rest come in.
                var later = 0
                let end = ContinuousClock.now + .seconds(40)
                while held + later < all.count, .now < end {
                    for wire in all where try wire.some(within: 0.005)?.contains(" 200 ") == true {
                        later += 1
                    }
                }
                return (held, later)
            }
            // The listening socket takes a few at a time.
            #expect(held >= 1 && held <= 8 + 16, "\(held)")
            #expect(held + later == 60, "\(held) + \(later)")
        }
    }

    @Test("a connection that breaks in the middle of a form leaves nothing behind")
    func broken() async throws {
        try await serve { site, port in
            for length in [0, 1, 20, 100] {
                try await Wire.talk(port) { wire in
                    let whole = self.post(100, String(repeating: "a", count: 100))
                    try wire.send(String(whole.prefix(whole.count - 100 + length)))
                }
            }
            #expect(try await Wire.get(port, "/health").hasPrefix("HTTP/1.1 200"))
            #expect(site.log.lines.allSatisfy { !$0.contains("broke") })
        }
    }
}

/// A socket to a port of this machine; closed when it is released.
final class Wire {
    private let descriptor: Int32

    struct Broken: Error {}

    init(_ port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Broken() }
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw Broken() }
            bytes = bytes.dropFirst(sent)
        }
    }

    /// What came, "" when nothing came in time, nil when the other side ended.
    func some(within seconds: Double) throws -> String? {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Int32(seconds * 1000)) > 0 else { return "" }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    /// All that comes until the other side ends.
    func all(within seconds: Double) throws -> String {
        try read(within: seconds) { _ in false }
    }

    /// At least the head of an answer.
    func head(within seconds: Double) throws -> String {
        try read(within: seconds) { $0.contains("\r\n\r\n") }
    }

    private func read(within seconds: Double, until isEnough: (String) -> Bool) throws -> String {
        let end = ContinuousClock.now + .seconds(seconds)
        var said = ""
        while !isEnough(said) {
            let left = (end - .now) / .seconds(1)
            guard left > 0 else { throw Broken() }
            guard let more = try some(within: left) else { break }
            said += more
        }
        return said
    }

    /// Blocks a thread of its own, never one that tasks share.
    static func talk<A: Sendable>(
        _ port: Int, _ body: @escaping @Sendable (Wire) throws -> A
    ) async throws -> A {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try body(Wire(port)) })
            }
        }
    }

    static func get(_ port: Int, _ path: String) async throws -> String {
        try await talk(port) { wire in
            try wire.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return try wire.all(within: 10)
        }
    }
}
