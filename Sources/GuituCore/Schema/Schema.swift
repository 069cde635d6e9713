import GuituStore

/// Every migration, oldest first. One that has been released is history: add
/// the next number, never edit.
public enum Schema {
    public static let migrations: [Migration] = [
        m0001, m0002, m0003, m0004, m0005, m0006, m0007, m0008, m0009,
    ]
}
