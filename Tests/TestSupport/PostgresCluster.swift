import Foundation
import Glibc

/// A PostgreSQL cluster of one test's own, which it may stop, freeze and fill.
///
/// Made by Scripts/postgres-for-tests, which removes it when our end of the
/// pipe closes, so also when the test crashes.
public final class PostgresCluster: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    public let conninfo: String
    private let data: String
    private let programs: String
    private let holder: pid_t
    private let input: Int32

    public init() async throws {
        let script = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Scripts/postgres-for-tests")
        let (input, output) = (try pipe(), try pipe())
        holder = spawn(
            [
                script.path, "bash", "-c",
                "echo \"$GUITU_TEST_POSTGRES\n$GUITU_TEST_POSTGRES_DATA\n$GUITU_POSTGRES_BIN\"; cat",
            ], input: input.read, output: output.write)
        close(input.read)
        close(output.write)
        self.input = input.write
        var answer = Data()
        let reading = FileHandle(fileDescriptor: output.read, closeOnDealloc: true)
        while answer.filter({ $0 == 10 }).count < 3 {
            let more = reading.availableData
            guard !more.isEmpty else { throw Failure(description: "no PostgreSQL cluster") }
            answer += more
        }
        let lines = String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
        (conninfo, data, programs) = (lines[0], lines[1], lines[2])
    }

    /// Stops and removes it.
    public func end() {
        close(input)
        _ = status(of: holder)
    }

    public func stop() throws { try control("-m", "fast", "stop") }
    public func start() throws { try control("-l", "\(data)/../server.log", "start") }

    /// Stops all its processes where they stand: connections are neither
    /// refused nor answered.
    public func freeze() throws { try signal(SIGSTOP) }
    public func thaw() throws { try signal(SIGCONT) }

    private func signal(_ signal: Int32) throws {
        let file = try String(contentsOfFile: "\(data)/postmaster.pid", encoding: .utf8)
        guard let first = file.split(separator: "\n").first, let server = Int32(first) else {
            throw Failure(description: "no server")
        }
        let children = try String(
            contentsOfFile: "/proc/\(server)/task/\(server)/children", encoding: .utf8)
        for process in [server] + children.split(separator: " ").compactMap({ Int32($0) }) {
            kill(process, signal)
        }
    }

    private func control(_ arguments: String...) throws {
        let command = ["\(programs)/pg_ctl", "-D", data, "-w", "-t", "30"] + arguments
        let asOwner = getuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []
        guard run(asOwner + command) == 0 else {
            throw Failure(description: "pg_ctl \(arguments.last ?? "") failed")
        }
    }
}

/// Runs a program quietly and returns its exit status.
public func run(_ command: [String]) -> Int32 { status(of: spawn(command)) }

/// Not Foundation's `Process`: it takes a program for running as long as a
/// server that it started keeps the descriptors it inherited.
private func spawn(_ command: [String], input: Int32? = nil, output: Int32? = nil) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input { posix_spawn_file_actions_adddup2(&actions, input, 0) }
    if let output {
        posix_spawn_file_actions_adddup2(&actions, output, 1)
    } else {
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    }
    var arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    return posix_spawnp(&process, command[0], &actions, nil, &arguments, environ) == 0
        ? process : -1
}

private func status(of process: pid_t) -> Int32 {
    guard process > 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status
}

/// A pipe that no other program inherits, so that closing our end is its end.
private func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { throw PostgresCluster.Failure(description: "no pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}
