package shell

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	sparksql "sparksql"
)

// charts are the kinds of .chart, each with what draws it.
var charts = map[string]func(c *chart) string{"bar": barChart, "line": lineChart, "hist": histogram, "spark": sparkline}

// chart is what is drawn: the columns of numbers by name, and a label for each row where there is a column of them.
type chart struct {
	labels        []string
	names         []string
	series        [][]float64 // NaN for NULL
	width, height int
	colour        painter
}

// metaChart draws the last result: .chart [bar|line|hist|spark] [columns]. Without a kind it is bars when there are labels
// for few rows, else a line.
func (r *runner) metaChart(ctx context.Context, c metaCall) error {
	if err := r.fetchLast(ctx, c.sql); err != nil {
		return err
	}
	if len(r.last.rows) == 0 {
		return errors.New("There is no result to draw: run a query first.")
	}
	f := strings.Fields(c.args)
	kind := ""
	if len(f) > 0 && charts[f[0]] != nil {
		kind, f = f[0], f[1:]
	}
	d, err := newChart(r.last, f)
	if err != nil {
		return err
	}
	d.width, d.height = terminalSize(r.app.Stdout)
	d.colour = painterOf(r.out, r.flags.colour)
	if kind == "" {
		kind = "line"
		if d.labels != nil && len(d.labels) <= 50 {
			kind = "bar"
		}
	}
	return r.text(ctx, charts[kind](d))
}

// fetchLast asks again for the last result where none is kept: in scripts, or of a statement on the same line.
func (r *runner) fetchLast(ctx context.Context, sql string) error {
	if r.interactive && sql == r.lastSQL || !sparksql.IsQuery(sql) {
		return nil
	}
	rows, err := r.session.Query(ctx, sql, r.given()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	names := rows.Schema().Names()
	rows.Keep(maxKept)
	for _, err := range rows.Batches() {
		if err != nil {
			return err
		}
		if len(rows.Kept()) == maxKept {
			break
		}
	}
	r.last, r.lastSQL = result{names, rows.Kept()}, sql
	return nil
}

// newChart takes the named columns of a result, or all: those of numbers are drawn, the first other one gives the labels.
func newChart(last result, columns []string) (*chart, error) {
	var take []int
	for _, name := range columns {
		found := -1
		for k, n := range last.names {
			if strings.EqualFold(n, name) {
				found = k
			}
		}
		if found < 0 {
			return nil, fmt.Errorf("The last result has no column %s; it has %s.", name, strings.Join(last.names, ", "))
		}
		take = append(take, found)
	}
	if take == nil {
		for k := range last.names {
			take = append(take, k)
		}
	}
	c := &chart{}
	for _, k := range take {
		values, ok := numbers(last.rows, k)
		switch {
		case ok:
			c.names, c.series = append(c.names, last.names[k]), append(c.series, values)
		case c.labels == nil:
			c.labels = texts(last.rows, k)
		}
	}
	if len(c.series) == 0 {
		return nil, errors.New("There are no numbers to draw in the last result.")
	}
	if len(c.series) > 1 && c.labels == nil && len(columns) == 0 {
		c.labels = texts(last.rows, take[0]) // id, value: the first column names the rows
		c.names, c.series = c.names[1:], c.series[1:]
	}
	return c, nil
}

// numbers reads a column as numbers; ok is false when it holds something else.
func numbers(rows [][]any, k int) (out []float64, ok bool) {
	some := false
	for _, row := range rows {
		if row[k] == nil {
			out = append(out, math.NaN())
			continue
		}
		x, err := strconv.ParseFloat(fmt.Sprint(row[k]), 64)
		if _, isText := row[k].(string); err != nil || isText {
			return nil, false
		}
		out, some = append(out, x), true
	}
	return out, some
}

func texts(rows [][]any, k int) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = "NULL"
		if row[k] != nil {
			out[i] = fmt.Sprint(row[k])
		}
	}
	return out
}
