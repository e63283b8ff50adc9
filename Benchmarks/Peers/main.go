// Measures robfig/cron and gorhill/cronexpr over the walk that Benchmarks makes.
package main

import (
	"fmt"
	"time"

	"github.com/gorhill/cronexpr"
	"github.com/robfig/cron"
)

const firings = 100000

var expressions = []string{"* * * * *", "*/5 * * * *", "30 2 * * *", "0 9-17 * * 1-5", "0 0 1 1 *", "0 0 29 2 *", "15 10 L * *"}

func measure(next func(time.Time) time.Time, count int, start, end time.Time) float64 {
	best := time.Duration(1 << 62)
	for round := 0; round < 5; round++ {
		at := start
		begun := time.Now()
		for i := 0; i < count; i++ {
			at = next(at)
			if at.IsZero() || !at.Before(end) {
				at = start
			}
		}
		if elapsed := time.Since(begun); elapsed < best {
			best = elapsed
		}
	}
	return float64(best.Nanoseconds()) / float64(count)
}

func main() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).In(berlin)
	end := time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
	for _, text := range expressions {
		if schedule, err := cron.ParseStandard(text); err == nil {
			fmt.Printf("robfig/cron\t%s\t%.1f\t-\n", text, measure(schedule.Next, firings/5, start, end))
		}
		if expression, err := cronexpr.Parse(text); err == nil {
			fmt.Printf("gorhill/cronexpr\t%s\t%.1f\t-\n", text, measure(expression.Next, firings, start, end))
		}
	}
}
