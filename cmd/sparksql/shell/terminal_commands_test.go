package shell_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestCommandsInATerminal(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		for _, step := range []struct{ typed, sees string }{
			{`\x on`, `Expanded display is on`},
			{"select 7 as seven, 'b' as bee;", `^ seven \| 7\n bee +\| b$`},
			{`\x off`, `Expanded display is off`},
			{"select 'north' as place, 10 as n union all select 'south', 5;", `│ south │  5 │`},
			{".chart", `^south +5 █+$`},
			{`\o rows.csv`, `default\)>\n*\z`},
			{".mode csv", `mode csv\nspark-sql \(default\)>\n*\z`},
			{"select 41 + 1 as a;", `Fetched 1 row`},
			{`\o`, `\\o\nspark-sql \(default\)>\n*\z`},
			{"!cat rows.csv", `^a\n42$`},
			{".mode table", `mode table\nspark-sql \(default\)>\n*\z`},
			{"select 5 as five;", `│ +5 │`},
			{`\e`, `^select 6 as five;\n(?s:.*)│ +6 │`},
			{`select 'seen' as w; \g`, `│ seen │(?s:.*)│ seen │`},
		} {
			c.keys(step.typed, enter)
			c.sees(step.sees)
			c.ready()
		}
	}, "EDITOR=sed -i s/5/6/")
}

func TestWatchGoesOnUntilCtrlC(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		c.keys(`select 'tick' as t; \watch 0.01`, enter)
		c.sees(`(?s)(│ tick │.*){3}`)
		c.keys(ctrlC)
		c.sees(`Cancelled after`)
		c.ready()
	})
}

// numbered are columns column0, column1 and so on.
func numbered(n int) string {
	var columns []string
	for i := range n {
		columns = append(columns, fmt.Sprintf("%d as column%d", i, i))
	}
	return strings.Join(columns, ",")
}

// Results that are wider than the terminal, however they are fitted, are scrolled to the right.
func TestWideResultsAreScrolled(t *testing.T) {
	if _, err := exec.LookPath("less"); err != nil {
		t.Skip("less is not there")
	}
	t.Parallel()
	dir := t.TempDir()
	view := "create temporary view wide as select " + numbered(60)
	if err := os.WriteFile(filepath.Join(dir, "wide.sql"), []byte(view), 0o666); err != nil {
		t.Fatal(err)
	}
	c := openConsoleIn(t, dir, []string{"PAGER=less -SRFX", "LESS="}, "-i", "wide.sql")
	c.ready()
	c.keys("select * from wide;", enter)
	c.sees(`│ +0 │(?s:.*)\(END\)`) // only then less reads keys
	if strings.Contains(c.text(), "column59") {
		t.Fatalf("it is not wide:\n%s", c.text())
	}
	for !regexp.MustCompile(`59 │`).MatchString(c.text()) {
		was := c.text()
		c.keys("\x1b)") // less's own name of the right arrow
		for c.text() == was {
			select {
			case <-c.ended:
				t.Fatal("the shell has ended")
			case <-time.After(time.Millisecond):
			}
		}
	}
	c.keys("q")
	c.ready()
}

func TestMenusOfValues(t *testing.T) {
	t.Parallel()
	c := openConsole(t, nil)
	c.ready()
	c.keys("create table parts (n int, year int) using parquet partitioned by (year);", enter)
	c.sees("Time taken")
	c.ready()
	c.keys("insert into parts values (1, 2023), (2, 2024);", enter)
	c.sees(`(?s)insert.*Time taken`)
	c.ready()
	c.keys("select * from parts where year = ", tab)
	c.sees(`2023 +-- partition`)
	c.sees(`2024 +-- partition`)
	c.dropped()
	c.keys("set spark.sql.ansi.enabled = ", tab)
	c.sees(`false`)
	c.dropped()
	c.keys("select * from parquet.`spark-w", tab)
	c.sees("parquet.`spark-warehouse/")
	c.dropped()
}

// A hint that does not fit behind the cursor is not shown: the line would be drawn again and again.
func TestHintsAtTheEdge(t *testing.T) {
	t.Parallel()
	c := openConsole(t, nil)
	c.ready()
	c.keys(strings.Split("select "+numbered(21), "")...)
	c.sees(`20 as column20$`)
	if n := strings.Count(c.text(), "spark-sql (default)>"); n != 1 {
		t.Errorf("the first line is there %d times:\n%s", n, c.text())
	}
}
