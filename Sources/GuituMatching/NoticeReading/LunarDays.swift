import GuituModel

/// The days of the lunar calendar, 1930 to 2050.
///
/// One number a year, worked out by us with the calendar of ICU: bit *n* says
/// that the year's month *n* has 30 days, bits 13 to 16 which month is followed
/// by a leap month, bits 17 and up how many days after 1 January it begins.
enum LunarDays {
    private static let years: [UInt32] = [
        0x3acd26, 0x5e052b, 0x480a57, 0x32b2b6, 0x580b5a, 0x4406d4, 0x2e6ec9, 0x520749, 0x3cf693,
        0x620a93, 0x4c052b, 0x34ca5b, 0x5a0aad, 0x46056a, 0x309b55, 0x560ba4, 0x400b49, 0x2a5a93,
        0x500a95, 0x38f52d, 0x5e0536, 0x480aad, 0x34b5aa, 0x5805b2, 0x420da5, 0x2e7d4a, 0x540d4a,
        0x3d0a95, 0x600a97, 0x4c0556, 0x36cab5, 0x5a0ad5, 0x4606d2, 0x308ea5, 0x560ea5, 0x40064a,
        0x286c97, 0x4e0a9b, 0x3af55a, 0x5e056a, 0x480b69, 0x34b752, 0x5a0b52, 0x420b25, 0x2c964b,
        0x520a4b, 0x3d14ab, 0x6002ad, 0x4a056d, 0x36cb69, 0x5c0da9, 0x460d92, 0x309d25, 0x560d25,
        0x415a4d, 0x640a56, 0x4e02b6, 0x38c5b5, 0x5e06d5, 0x480ea9, 0x34be92, 0x5a0e92, 0x440d26,
        0x2c6a56, 0x500a57, 0x3d14d6, 0x62035a, 0x4a06d5, 0x36b6c9, 0x5c0749, 0x460693, 0x2e952b,
        0x54052b, 0x3e0a5b, 0x2a555a, 0x4e056a, 0x38fb55, 0x600ba4, 0x4a0b49, 0x32ba93, 0x580a95,
        0x42052d, 0x2c8aad, 0x500ab5, 0x3d35aa, 0x6205d2, 0x4c0da5, 0x36dd4a, 0x5c0d4a, 0x460c95,
        0x30952e, 0x540556, 0x3e0ab5, 0x2a55b2, 0x5006d2, 0x38cea5, 0x5e0725, 0x48064b, 0x32ac97,
        0x560cab, 0x42055a, 0x2c6ad6, 0x520b69, 0x3d7752, 0x620b52, 0x4c0b25, 0x36da4b, 0x5a0a4b,
        0x4404ab, 0x2ea55b, 0x5405ad, 0x3e0b6a, 0x2a5b52, 0x500d92, 0x3afd25, 0x5e0d25, 0x480a55,
        0x32b4ad, 0x5804b6, 0x4005b5, 0x2c6daa,
    ]

    /// The first day of a lunar month and its length; nil outside the years.
    static func month(_ month: Int, of year: Int, leap: Bool = false) -> (first: Day, days: Int)? {
        guard years.indices.contains(year - 1930), (1...12).contains(month),
            let new = Day(year: year, month: 1, day: 1)
        else { return nil }
        let packed = years[year - 1930]
        let leapMonth = Int(packed >> 13 & 15)
        if leap, leapMonth != month { return nil }
        // The leap month stands behind the one it repeats.
        var place = month - 1
        if leapMonth > 0, month > leapMonth || leap { place += 1 }
        func length(_ place: Int) -> Int { packed >> UInt32(place) & 1 == 1 ? 30 : 29 }
        let before = (0..<place).reduce(Int(packed >> 17)) { $0 + length($1) }
        return (new.adding(days: before), length(place))
    }

    /// The civil day of a lunar one; the month's last when it has no 30th.
    static func day(_ day: Int, month: Int, of year: Int, leap: Bool = false) -> Day? {
        guard let (first, days) = self.month(month, of: year, leap: leap), (1...30).contains(day)
        else { return nil }
        return first.adding(days: min(day, days) - 1)
    }
}
