#if os(Linux)
    import Foundation
    import GuituSQLite
    import GuituStore
    import TestSupport
    import Testing

    @Suite("The locks on an embedded database")
    struct SQLiteLockTests {
        /// Without its locks a program is nobody: the next one to leave the
        /// database takes the journal away, with what was acknowledged in it.
        @Test("one more connection does not drop the locks of the others")
        func locksStay() throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let path = folder.appending(path: "guitu.sqlite").path
            let driver = SQLiteDriver(path: path)
            let first = try driver.connect(for: .write)
            defer { first.close() }
            #expect(try locks(on: path) > 0)
            let second = try driver.connect(for: .read)
            defer { second.close() }
            #expect(try locks(on: path) > 0)
        }

        /// How many locks anybody holds on the file, as the kernel lists them.
        private func locks(on path: String) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let inode = try #require(attributes[.systemFileNumber] as? NSNumber).intValue
            let listed = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
            return listed.split(separator: "\n").count { $0.contains(":\(inode) ") }
        }
    }
#endif
