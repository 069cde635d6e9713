/// Words with a meaning each, found at a place of the text by the longest.
struct Lexicon<Meaning: Sendable>: Sendable {
    private let table: WordTable
    private let meanings: [Meaning]

    /// Words separated by blanks, a list a meaning.
    init(_ lists: [(Meaning, String)]) {
        var words: [(word: [Unicode.Scalar], list: Int)] = []
        for (list, entry) in lists.enumerated() {
            for word in entry.1.split(whereSeparator: \.isWhitespace) {
                words.append((Array(word.unicodeScalars), list))
            }
        }
        table = WordTable(words)
        meanings = lists.map(\.0)
    }

    /// The longest word at `place` that ends by `limit`.
    @inline(__always)
    func match(_ text: NoticeText, at place: Int, to limit: Int) -> (meaning: Meaning, end: Int)? {
        guard let (list, end) = table.match(text.scalars, at: place, to: limit) else { return nil }
        return (meanings[list], end)
    }

    /// The first word in `range`.
    @inline(__always)
    func first(_ text: NoticeText, in range: Range<Int>) -> (meaning: Meaning, range: Range<Int>)? {
        guard let (list, found) = table.first(text.scalars, in: range) else { return nil }
        return (meanings[list], found)
    }

    @inline(__always)
    func isIn(_ text: NoticeText, _ range: Range<Int>) -> Bool {
        table.first(text.scalars, in: range) != nil
    }
}

extension Lexicon where Meaning == Void {
    init(_ list: String) { self.init([((), list)]) }
}

/// The words of a lexicon in one run of scalars, those of one beginning together.
private struct WordTable: Sendable {
    /// The first entry of each character, from 1; 0 has none.
    private var heads: [UInt16]
    private var starts: [Int32] = []
    private var lists: [Int32] = []
    private var letters: [Unicode.Scalar] = []

    init(_ words: [(word: [Unicode.Scalar], list: Int)]) {
        heads = Array(repeating: 0, count: 0x10000)
        // Long words first; of two equal ones the first list has its way.
        let sorted = words.sorted {
            ($0.word[0], $1.word.count, $0.list) < ($1.word[0], $0.word.count, $1.list)
        }
        for (word, list) in sorted where word[0].value <= 0xFFFF {
            starts.append(Int32(letters.count))
            lists.append(Int32(list))
            letters += word
            if heads[Int(word[0].value)] == 0 { heads[Int(word[0].value)] = UInt16(starts.count) }
        }
        starts.append(Int32(letters.count))
    }

    func match(_ text: [Unicode.Scalar], at place: Int, to limit: Int) -> (list: Int, end: Int)? {
        let limit = min(limit, text.count)
        guard place >= 0, place < limit else { return nil }
        let first = text[place]
        guard first.value <= 0xFFFF else { return nil }
        var entry = Int(heads[Int(first.value)]) - 1
        guard entry >= 0 else { return nil }
        while entry < lists.count {
            let begin = Int(starts[entry])
            guard letters[begin] == first else { return nil }
            let count = Int(starts[entry + 1]) - begin
            if place + count <= limit {
                var offset = 1
                while offset < count, text[place + offset] == letters[begin + offset] {
                    offset += 1
                }
                if offset == count { return (Int(lists[entry]), place + count) }
            }
            entry += 1
        }
        return nil
    }

    func first(_ text: [Unicode.Scalar], in range: Range<Int>) -> (list: Int, range: Range<Int>)? {
        for place in range {
            if let (list, end) = match(text, at: place, to: range.upperBound) {
                return (list, place..<end)
            }
        }
        return nil
    }
}
