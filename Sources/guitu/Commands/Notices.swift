import ArgumentParser
import Foundation
import GuituMatching
import GuituModel
import GuituText
import GuituWeb

/// Reads notices that others publish; works on files, without an account.
struct NoticesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notices", abstract: "Read notices that others publish.",
        subcommands: [Read.self, Examples.self])
}

extension NoticesCommand {
    struct Read: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read who is found or missed out of free Chinese text.",
            discussion: """
                Files hold one notice each; a folder is read with all its files. UTF-8, UTF-16 and \
                GB18030 are read. Nothing is saved and nothing leaves this machine. With --json a \
                line a notice, as Documentation/Notices.md says; else a list to read. Ends with 6 \
                when something could not be read.
                """)
        @OptionGroup var common: CommonOptions
        @Option(help: "A file of JSON lines with id, published (or null) and text.")
        var input: String?
        @Option(help: "The day the files were published, 2026-11-24: 昨日 counts from it.")
        var published: Day?
        @Flag(help: "Add to each line which notice before it has the same or nearly the same text.")
        var duplicates = false
        @Argument(help: "Files and folders.")
        var files: [String] = []

        func validate() throws {
            if files.isEmpty, input == nil {
                throw ValidationError("Name files, a folder or --input.")
            }
        }

        func run() async throws {
            let setting = try CommandSetting(common)
            var reading = NoticesRun(
                setting: setting, tellsDuplicates: duplicates,
                places: EarShelf(path: setting.configuration.placesIndex).placeNames())
            if let input { reading.readLines(of: input) }
            let paths = files.flatMap(Self.notices)
            for (path, id) in paths { reading.readFile(path, id: id, published: published) }
            reading.flush()
            // A single file needs no report; a folder and a list do.
            if input != nil || paths.count > 1 || reading.refused > 0 { reading.conclude() }
            if reading.refused > 0 { throw Exit.refused.code }
        }

        /// The files of a folder by their path in it, hidden ones left out.
        static func notices(_ path: String) -> [(path: String, id: String)] {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
                isFolder.boolValue
            else { return [(path, URL(fileURLWithPath: path).lastPathComponent)] }
            let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String }
            return (names ?? []).sorted()
                .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
                .map { (path + "/" + $0, $0) }
                .filter {
                    FileManager.default.fileExists(atPath: $0.0, isDirectory: &isFolder)
                        && !isFolder.boolValue
                }
        }
    }
}

/// One run over many notices: what it printed, counted and saw before.
private struct NoticesRun {
    let setting: CommandSetting
    let tellsDuplicates: Bool
    let places: PlaceNames
    private var known = NoticeDuplicates()
    private var notices = 0
    private var persons = 0
    private var empty = 0
    private var exact = 0
    private var near = 0
    private(set) var refused = 0
    private var output = ""
    private var said = ContinuousClock.now

    /// - Parameter places: What is known to be a place by its name alone.
    init(setting: CommandSetting, tellsDuplicates: Bool, places: PlaceNames) {
        self.setting = setting
        self.tellsDuplicates = tellsDuplicates
        self.places = places
    }

    private struct Line: Decodable {
        var id: String
        var published: String?
        var text: String
    }

    /// No file is larger than any notice could be, and none fills the memory.
    private static let largest = 64 << 20

    mutating func readFile(_ path: String, id: String, published: Day?) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
        guard let size, size <= Self.largest, let data = FileManager.default.contents(atPath: path)
        else { return refuse(path, "notices.unreadable") }
        if data.isEmpty { return read("", id: id, published: published) }
        guard let bytes = try? TextEncoding.utf8(of: [UInt8](data)).bytes else {
            return refuse(path, "notices.unreadable")
        }
        read(String(decoding: bytes, as: UTF8.self), id: id, published: published)
    }

    mutating func readLines(of path: String) {
        guard let file = FileHandle(forReadingAtPath: path) else {
            return refuse(path, "notices.unreadable")
        }
        defer { try? file.close() }
        let decoder = JSONDecoder()
        var rest = Data()
        var number = 0
        var isOver = false
        while !isOver {
            let more = (try? file.read(upToCount: 1 << 20)) ?? Data()
            isOver = more.isEmpty
            rest += more
            var begin = rest.startIndex
            while let end = rest[begin...].firstIndex(of: 10) ?? (isOver ? rest.endIndex : nil) {
                number += 1
                let line = rest[begin..<end]
                begin = min(end + 1, rest.endIndex)
                if !line.allSatisfy({ $0 == 13 || $0 == 32 || $0 == 9 }) {
                    readLine(Data(line), decoder, "\(path):\(number)")
                }
                if begin >= rest.endIndex { break }
            }
            rest = Data(rest[begin...])
        }
    }

    private mutating func readLine(_ data: Data, _ decoder: JSONDecoder, _ place: String) {
        guard let line = try? decoder.decode(Line.self, from: data) else {
            return refuse(place, "notices.badLine")
        }
        read(line.text, id: line.id, published: line.published.flatMap { Day($0) })
    }

    private mutating func refuse(_ place: String, _ key: TextKey) {
        refused += 1
        complain("\(place): \(setting.text(key))")
    }

    private mutating func read(_ text: String, id: String, published: Day?) {
        let found = NoticeReader.read(text, published: published, places: places)
        let match = known.add(text, id: id)
        notices += 1
        persons += found.count
        if found.isEmpty { empty += 1 }
        switch match {
        case .new: break
        case .exact: exact += 1
        case .near: near += 1
        }
        output += setting.isJSON ? line(id, found, match) : list(id, found, match)
        if output.utf8.count > 1 << 16 { flush() }
        if ContinuousClock.now - said > .seconds(1) {
            said = ContinuousClock.now
            complain(setting.text("notices.progress", ["notices": "\(notices)"]))
        }
    }

    mutating func flush() {
        FileHandle.standardOutput.write(Data(output.utf8))
        output = ""
    }

    func conclude() {
        complain(
            setting.text(
                "notices.done",
                [
                    "notices": "\(notices)", "persons": "\(persons)", "empty": "\(empty)",
                    "exact": "\(exact)", "near": "\(near)", "refused": "\(refused)",
                ]))
    }

    // MARK: Printing

    private func line(_ id: String, _ found: [NoticePerson], _ match: NoticeDuplicates.Match)
        -> String
    {
        let line = NoticePerson.line(id: id, persons: found)
        guard tellsDuplicates else { return line + "\n" }
        let (other, share): (String, Double)
        switch match {
        case .new: return line + "\n"
        case .exact(let known): (other, share) = (known, 1)
        case .near(let known, let alike): (other, share) = (known, alike)
        }
        let quoted = (try? JSONEncoder().encode(other)).map { String(decoding: $0, as: UTF8.self) }
        return line.dropLast() + ",\"like\":\(quoted ?? "null"),\"alike\":\(share)}\n"
    }

    private func list(_ id: String, _ found: [NoticePerson], _ match: NoticeDuplicates.Match)
        -> String
    {
        let text = setting.text
        var list = id
        switch match {
        case .new: break
        case .exact(let other): list += "  " + text("notices.copyOf", ["id": other])
        case .near(let other, let share):
            let percent = "\(Int((share * 100).rounded()))"
            list += "  " + text("notices.nearCopyOf", ["id": other, "percent": percent])
        }
        list += "\n"
        if found.isEmpty { list += "  " + text("notices.nobody") + "\n" }
        for person in found {
            list += "  " + (person.kind == .found ? text("notices.found") : text("notices.missing"))
            if person.isReunited { list += "  " + text("notices.reunited") }
            list += "\n"
            for field in person.fields {
                list +=
                    "    \(text(of: field.key))  \(words(field))  \(Int(field.confidence * 100)) %\n"
            }
        }
        return list
    }

    private func words(_ field: NoticeField) -> String {
        switch field.value {
        case .text("male") where field.key == .sex: setting.text(of: Sex.male)
        case .text("female") where field.key == .sex: setting.text(of: Sex.female)
        case .text(let text): text.split(whereSeparator: \.isNewline).joined(separator: " ")
        case .number(let number): "\(number)"
        case .flag: "✓"
        case .range(let low, let high, _): low == high ? "\(low)" : "\(low)–\(high)"
        }
    }
}
