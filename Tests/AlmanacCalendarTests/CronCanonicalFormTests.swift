import AlmanacCalendar
import Testing

@Suite("An expression prints in a canonical form that reads back as the same")
struct CronCanonicalFormTests {
    @Test(
        "The form",
        arguments: [
            ("*/5 * * * *", "*/5 * * * *"),
            ("0,5,10,15,20,25,30,35,40,45,50,55 * * * *", "*/5 * * * *"),
            ("00 09-017 ? JAN-dec MON-FRI", "0 9-17 * * 1-5"),
            ("0 0 1 1 *", "0 0 1 1 *"),
            ("30 5 4 * * *", "30 5 4 * * *"),
            ("0 0 1,2 * *", "0 0 1,2 * *"),
            ("0 22-2 * * *", "0 0-2,22,23 * * *"),
            ("1/2 * * * *", "1/2 * * * *"),
            ("10-30/10 * * * *", "10-30/10 * * * *"),
            ("0 0 LW,3W,L-3,L,1 * 5#2,6L,0", "0 0 1,L,L-3,3W,LW * 0,5#2,6L"),
            ("0 0 */2 * 5", "0 0 */2 * 5"),
            ("0 0 1/2 * 5", "0 0 1-31/2 * 5"),
            ("0 0 1-31 * 5", "0 0 1-31 * 5"),
            ("0 0 5 * */2", "0 0 5 * */2"),
            ("0 0 5 * 0/2", "0 0 5 * 0-6/2"),
            ("0 0 */2,4 * 5", "0 0 */2,4 * 5"),
            ("0 0 */99 * 5", "0 0 */31 * 5"),
            ("0 0 * * 7", "0 0 * * 0"),
            ("@weekly", "0 0 * * 0"),
            ("@every 3600s", "@every 1h"),
            ("@every 999999999s", "@every 11574d1h46m39s"),
            ("@REBOOT", "@reboot"),
        ]
    )
    func form(text: String, canonical: String) throws {
        #expect(try CronExpression(text).description == canonical)
    }

    @Test("Print and read are inverse for random expressions, and equal ones print alike")
    func roundTrip() throws {
        var random = RandomExpression(generator: SeededGenerator(seed: 3))
        var count = 0
        for _ in 0..<6000 {
            let text = random.text(
                near: 2,
                day: 29,
                weekday: 0,
                month: 3,
                bySecond: Bool.random(using: &random.generator)
            )
            guard let expression = try? CronExpression(text) else { continue }
            count += 1
            let again = try CronExpression(expression.description)
            if again != expression || again.description != expression.description {
                Issue.record("\(text) prints as \(expression), which reads as \(again)")
            }
        }
        #expect(count > 4500)
    }

    @Test("The largest durations print as numbers that can be read")
    func durations() throws {
        for text in [
            "@every 999999999d999999999h999999999m999999999s", "@every 999999999d23h59m59s", "@every 1s", "@every 1d1s",
        ] {
            let expression = try CronExpression(text)
            #expect(try CronExpression(expression.description) == expression)
        }
    }
}
