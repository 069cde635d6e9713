import GuituModel
import Testing

@Suite("Places")
struct PlaceTests {
    @Test(
        "what people write is found in the table of places",
        arguments: [
            ("河南省商丘市虞城县城郊乡张庄村", "411425", "虞城", "城郊乡张庄村"), ("河南商丘虞城", "411425", "虞城", ""),
            ("河南虞城", "411425", "虞城", ""), ("商丘虞城县", "411425", "虞城", ""),
            ("虞城县", "411425", "虞城", ""),
            ("虞城", "411425", "虞城", ""), ("郑州市金水区某路12号", "410105", "金水", "某路12号"),
            ("郑州火车站", "4101", "", "火车站"),
            ("河南", "41", "", ""), ("四川省凉山州", "5134", "", ""), ("湖北恩施", "4228", "", ""),
            ("吉林省吉林市", "2202", "", ""),
            ("吉林", "22", "", ""), ("上海市浦东新区", "310115", "浦东新", ""), ("河南省濟源市", "419001", "济源", ""),
            ("金水区", "", "金水", ""), ("四川成都双流县", "5101", "双流", ""), ("双流县", "", "双流", ""),
            ("上海路口", "", "", "上海路口"), ("鼓楼区", "", "鼓楼", ""), ("开封鼓楼区", "410204", "鼓楼", ""),
            ("", "", "", ""), ("不知道", "", "", "不知道"), ("广西南宁", "4501", "", ""),
            ("内蒙古赤峰", "1504", "", ""),
            ("河南省", "41", "", ""), ("在河南商丘", "4114", "", ""),
        ])
    func reads(text: String, code: String, county: String, rest: String) {
        let reading = PlaceReading(text)
        #expect(reading.code == code)
        #expect(reading.county == county)
        #expect(reading.rest == rest)
    }

    @Test("codes form a tree, each place under its parent, and read back by full name")
    func tree() {
        #expect(Places.all.count > 700)
        #expect(Set(Places.all.map(\.code)).count == Places.all.count)
        for place in Places.all where !place.code.hasPrefix("71") {
            let municipality = ["11", "12", "31", "50"].contains(String(place.code.prefix(2)))
            let direct = place.code.hasPrefix("4190") || place.code.hasPrefix("4290")
            if place.level == .city || (place.level == .county && !municipality && !direct) {
                #expect(Places.named(place.parent) != nil, "\(place)")
            }
            #expect(PlaceReading(Places.fullName(of: place.code)).code == place.code, "\(place)")
        }
        #expect(Places.fullName(of: "411425") == "河南省商丘市虞城县")
    }
}
