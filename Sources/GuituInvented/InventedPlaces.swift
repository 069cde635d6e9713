import GuituModel

/// Homes and places on the way: real counties, villages that nobody lives in.
struct InventedPlaces: Sendable {
    /// Counties of Henan, of the cities around it, and cities further off.
    private let near: [Place]
    private let around: [Place]
    private let far: [Place]
    private let byCity: [String: [Place]]
    private let byProvince: [String: [Place]]

    static let shared = InventedPlaces()

    private init() {
        let counties = Places.all.filter { $0.level == .county && $0.code.utf8.count == 6 }
        near = counties.filter { $0.code.hasPrefix("41") }
        around = counties.filter {
            !$0.code.hasPrefix("41")
                && !["11", "12", "31", "50"].contains(String($0.code.prefix(2)))
        }
        far = Places.all.filter { $0.level == .city && !$0.code.hasPrefix("41") }
        var cities: [String: [Place]] = [:]
        var provinces: [String: [Place]] = [:]
        for county in counties {
            cities[String(county.code.prefix(4)), default: []].append(county)
            provinces[String(county.code.prefix(2)), default: []].append(county)
        }
        byCity = cities
        byProvince = provinces
    }

    func home(_ random: inout SplitMix64) -> Place {
        let drawn = random.unit()
        return drawn < 0.68
            ? random.pick(near) : drawn < 0.92 ? random.pick(around) : random.pick(far)
    }

    /// A place near another: the same county, city or province, or anywhere.
    func near(
        _ place: Place, county: Double, city: Double, province: Double, _ random: inout SplitMix64
    ) -> Place {
        let drawn = random.unit()
        if drawn < county { return place }
        if drawn < county + city {
            return random.pick(byCity[String(place.code.prefix(4))] ?? [place])
        }
        if drawn < county + city + province {
            return random.pick(byProvince[String(place.code.prefix(2))] ?? [place])
        }
        // People drift to the cities of the plain more than anywhere.
        return random.chance(0.6)
            ? random.pick(near) : random.chance(0.6) ? random.pick(around) : random.pick(far)
    }

    private static let townWords = Array("城关黄河张集李庙双桥石岗太平永兴新安王楼马头龙泉青山柳林杨寨赵营大河三官老店白云金桥东关南湖北岭西坡")
    private static let villageEnds = [
        "庄", "村", "寨", "营", "楼", "集", "湾", "沟", "岗", "店", "屯", "铺", "坡", "桥", "李庄", "家庄",
    ]

    func village(_ random: inout SplitMix64) -> String {
        let towns = Self.townWords.count / 2
        let town = random.below(towns) * 2
        let name = String(Self.townWords[town...(town + 1)]) + (random.chance(0.6) ? "镇" : "乡")
        let family = InventedNames.shared.surname(&random)
        let size = random.chance(0.3) ? random.pick(["大", "小", "前", "后", "东", "西"]) : ""
        return name + size + family + random.pick(Self.villageEnds)
    }

    private static let corners = [
        "火车站", "汽车站", "人民路", "中山路", "国道旁", "农贸市场", "人民医院门口", "桥下", "高速口", "广场", "城中村", "公园",
    ]

    func corner(_ random: inout SplitMix64) -> String { random.pick(Self.corners) }

    /// A place in the words of somebody who knows it: whole, short, or in part.
    func said(_ place: Place, careful: Bool, _ random: inout SplitMix64) -> String {
        let whole = Places.fullName(of: place.code)
        if careful || place.level != .county || random.chance(0.45) { return whole }
        let city = Places.named(place.parent)?.name ?? ""
        let province = Places.named(String(place.code.prefix(2)))?.name ?? ""
        switch random.unit() {
        case ..<0.4: return city + place.name
        case ..<0.6: return place.name
        case ..<0.8: return province + place.name
        default: return String(city.dropLast()) + place.name
        }
    }
}
