/// Sentences by their keys. A page asks for some hundred and sixty; the
/// standard dictionary mixes a secret into every key, against strangers who
/// choose them, and ours are chosen by us.
struct Phrases: Sendable {
    private let entries: [(key: String, sentence: Sentence)]
    /// Places in `entries`, -1 where none is: a power of two, never half full.
    private let slots: [Int32]

    init(_ sentences: some Collection<(key: String, value: Sentence)>) {
        let entries = sentences.map { (key: $0.key, sentence: $0.value) }
        var count = 8
        while count <= 2 * entries.count { count *= 2 }
        var slots = [Int32](repeating: -1, count: count)
        for (place, entry) in entries.enumerated() {
            var slot = Phrases.hash(entry.key) & (count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (count - 1) }
            slots[slot] = Int32(place)
        }
        self.entries = entries
        self.slots = slots
    }

    subscript(key: String) -> Sentence? {
        var slot = Phrases.hash(key) & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if entries[place].key == key { return entries[place].sentence }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Eight bytes at a time, each time multiplied and its upper half mixed down.
    private static func hash(_ key: String) -> Int {
        var key = key
        return key.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            var hash = UInt64(bytes.count)
            func mix(_ word: UInt64) {
                hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
                hash ^= hash >> 32
            }
            var place = 0
            while place + 8 <= bytes.count {
                mix(bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                place += 8
            }
            var rest: UInt64 = 0
            while place < bytes.count {
                rest = rest << 8 | UInt64(bytes[place])
                place += 1
            }
            mix(rest)
            return Int(truncatingIfNeeded: hash >> 1)
        }
    }
}
