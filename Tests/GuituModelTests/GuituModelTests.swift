import GuituModel
import Testing

@Test("names are parted, read and masked")
func names() {
    #expect(ChineseName("尉迟恭").toneless == "yuchigong")
    #expect(Masking.name("王建国") == "王*国")
}
