/// Sets of values in words.
enum Wording {
    static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// `1st`, `2nd`, `3rd`, `11th`, `31st`.
    static func ordinal(_ number: Int) -> String {
        let suffix =
            switch (number % 10, number % 100) {
            case (_, 11...13): "th"
            case (1, _): "st"
            case (2, _): "nd"
            case (3, _): "rd"
            default: "th"
            }
        return "\(number)\(suffix)"
    }

    static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// `00:30`, with seconds where they are not 0.
    static func time(_ hour: Int, _ minute: Int, _ second: Int = 0) -> String {
        let time = "\(twoDigits(hour)):\(twoDigits(minute))"
        return second == 0 ? time : "\(time):\(twoDigits(second))"
    }

    /// Numbers in a row, the middle of long ones left out where they are evenly spaced: `0, 7, 14, …, 56`.
    static func numbers(_ numbers: [Int], as text: (Int) -> String = { "\($0)" }) -> String {
        if numbers.count > 8, let step = spacing(numbers), step > 1 {
            return
                "\(text(numbers[0])), \(text(numbers[1])), \(text(numbers[2])), …, \(text(numbers[numbers.count - 1]))"
        }
        return runs(numbers).flatMap { run in
            run.count > 2 ? ["\(text(run.lowerBound)) to \(text(run.upperBound))"] : run.map(text)
        }.listed
    }

    /// The distance between neighbours where it is the same for all; nil for fewer than two numbers.
    static func spacing(_ numbers: [Int]) -> Int? {
        guard numbers.count > 1 else { return nil }
        let step = numbers[1] - numbers[0]
        return zip(numbers, numbers.dropFirst()).allSatisfy { $1 - $0 == step } ? step : nil
    }

    /// The step of a set that goes on evenly from one round of the clock to the next: 15 for 7, 22, 37 and 52 of 60.
    static func evenStep(_ numbers: [Int], of size: Int) -> Int? {
        guard let step = spacing(numbers), step > 1, size % step == 0, numbers.count == size / step else { return nil }
        return step
    }

    /// The stretches of neighbours in an ascending list.
    static func runs(_ numbers: [Int]) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = result.last, last.upperBound == number - 1 {
                result[result.count - 1] = last.lowerBound...number
            } else {
                result.append(number...number)
            }
        }
        return result
    }

    /// The first and last value of a set that is one stretch of three and more on a clock of this size, around its end too: 22 and
    /// 2 for 0, 1, 2, 22 and 23 of 24.
    static func stretch(_ numbers: [Int], of size: Int) -> (first: Int, last: Int)? {
        guard numbers.count > 2, numbers.count < size else { return nil }
        let runs = runs(numbers)
        if runs.count == 1 { return (runs[0].lowerBound, runs[0].upperBound) }
        guard runs.count == 2, runs[0].lowerBound == 0, runs[1].upperBound == size - 1 else { return nil }
        return (runs[1].lowerBound, runs[0].upperBound)
    }
}
