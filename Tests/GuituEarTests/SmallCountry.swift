import Foundation

@testable import GuituEar

/// A country small enough to check by hand: one province whose dialect says
/// hu as fu and n as l, one that speaks like the standard.
enum SmallCountry {
    static let places = [
        "divisions.tsv": """
        code	level	name	parent	lon	lat	source
        430000	province	湖南省		112	28	stat2023
        430100	prefecture	湖州市	430000	112	28	stat2023
        430101	county	湖南县	430100	112	28	stat2023
        430102	county	南山县	430100	112.1	28	stat2023
        430103	county	福山县	430100	112.1	28.1	stat2023
        110000	province	京城市		116	40	stat2023
        110100	prefecture	京北市	110000	116	40	stat2023
        110101	county	湖南县	110100	116	40	stat2023
        110102	county	福兰县	110100	116.1	40	stat2023
        110109	county	新设区	110100	116.1	40	cpca2026
        """,
        "townships.tsv": """
        code	name	county	lon	lat	status
        430101100	山南镇	430101			2023
        430101101	河口乡	430101			2023
        430102100	湖山镇	430102			2023
        430102101	太平镇	430102			2023
        110101100	太平镇	110101			2023
        110101101	老城镇	110101			2016-former
        430102101	古渡镇	430102			2016-former
        """,
        "villages.tsv": """
        code	name	name_2016_if_different	status	lon	lat
        430101100200	河头村委会				
        430101100201	南河村委会	北河村委会	r		
        430102100200	湖头村委会				
        110101100200	消失村委会		o		
        """,
        "county-history.tsv": """
        name	adcode	prefecture	province	first_year	last_year	id_today
        安宁县	430001	湖州地区	湖南省	1980	1994	430102
        南山县	430102	湖州市	湖南省	1995	2024	430102
        """,
    ]

    static let readings = [
        "mandarin.tsv": """
        char	readings
        湖	hu2
        南	nan2
        山	shan1
        福	fu2
        兰	lan2
        太	tai4
        平	ping2
        河	he2
        口	kou3
        头	tou2
        老	lao3
        城	cheng2
        古	gu3
        渡	du4
        安	an1
        宁	ning2
        京	jing1
        北	bei3
        州	zhou1
        王	wang2
        胡	hu2
        吴	wu2
        """,
        "dialect-points.tsv": """
        id	point	province	chars
        0	湖南	43	12
        1	1930南山城	43	12
        2	福蘭	11	12
        3	不知何處	99	1
        """,
        // 兰 and 蘭 share no line here, so point 2 is placed by its province.
        "dialect-readings.tsv": """
        point	ipa_without_tone	chars
        0	fu	湖福胡
        0	laŋ	南
        0	lan	兰
        0	san	山
        0	vu	吴
        0	uaŋ	王
        1	fu	湖福胡
        1	lan	南兰
        1	san	山
        2	xu	湖胡
        2	fu	福
        2	nan	南
        2	lan	兰
        2	ʂan	山
        """,
    ]

    /// Writes the tables into a folder of its own; the caller removes it.
    static func folder(
        places: [String: String] = places, readings: [String: String] = readings
    ) throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ear-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in places.merging(readings, uniquingKeysWith: { a, _ in a }) {
            try Data((text + "\n").utf8).write(to: folder.appendingPathComponent(name))
        }
        return folder
    }

    static func bytes(_ places: [String: String] = places) throws -> (
        [UInt8], EarIndex.About
    ) {
        let folder = try folder(places: places)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try IndexBuilder(places: folder.path, readings: folder.path).build()
    }

    static func ear() throws -> Ear {
        Ear(index: try EarIndex(data: Data(try bytes().0)))
    }
}
