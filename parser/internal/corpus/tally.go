package corpus

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A Tally sums marks up.
type Tally struct {
	Articles                     int
	F1, P, R                     float64 // means over the articles
	Good, Poor                   int     // articles with F1 >= .9, < .5
	Titles, Dated, Dates         int
	Sourced, Sources, Invented   int
	Listings                     int
	ItemF1                       float64 // mean over the listings
	Items, ItemTitles            int
	DatedItems, ItemDates, Nexts int
	Kinds                        int // pages taken for what they are
}

// Count sums up.
func Count(marks []Mark) Tally {
	var t Tally
	for _, m := range marks {
		t.Kinds += one(m.Kind)
		if m.Listing {
			t.listing(m)
		} else {
			t.article(m)
		}
	}
	n := float64(max(t.Articles, 1))
	t.F1, t.P, t.R = t.F1/n, t.P/n, t.R/n
	t.ItemF1 /= float64(max(t.Listings, 1))
	return t
}

func (t *Tally) article(m Mark) {
	t.Articles++
	t.F1, t.P, t.R = t.F1+m.F1, t.P+m.P, t.R+m.R
	t.Good += one(m.F1 >= .9)
	t.Poor += one(m.F1 < .5)
	t.Titles += one(m.Title)
	t.Dated += one(m.Dated)
	t.Dates += one(m.Date)
	t.Sourced += one(m.Sourced)
	t.Sources += one(m.Source)
	t.Invented += one(m.Invented)
}

func (t *Tally) listing(m Mark) {
	t.Listings++
	t.ItemF1 += m.F1
	t.Items += m.Items
	t.ItemTitles += m.Titles
	t.DatedItems += m.DatedRows
	t.ItemDates += m.Dates
	t.Nexts += one(m.Next)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Plain are the lines that score.py prints.
func (t Tally) Plain() string {
	var lines []string
	if t.Articles > 0 {
		lines = append(lines, fmt.Sprintf("articles %d  text F1 %.4f  >=.9 %s  <.5 %s  title %s  date %s  source %s",
			t.Articles, t.F1, percent(t.Good, t.Articles), percent(t.Poor, t.Articles),
			percent(t.Titles, t.Articles), percent(t.Dates, t.Dated), percent(t.Sources, t.Sourced)))
	}
	if t.Listings > 0 {
		lines = append(lines, fmt.Sprintf("listings %d  item F1 %.4f  item titles %s  item dates %s  next %s",
			t.Listings, t.ItemF1, percent(t.ItemTitles, t.Items), percent(t.ItemDates, t.DatedItems), percent(t.Nexts, t.Listings)))
	}
	return strings.Join(lines, "\n")
}

// String is Plain with kinds, precision and recall of the text, and sources told apart.
func (t Tally) String() string {
	s := fmt.Sprintf("%s\nkinds %d of %d", t.Plain(), t.Kinds, t.Articles+t.Listings)
	if t.Articles > 0 {
		s += fmt.Sprintf("  text P %.4f R %.4f", t.P, t.R)
	}
	if t.Sourced > 0 {
		s += fmt.Sprintf("  sources right %d, wrong or missing %d, invented %d", t.Sources, t.Sourced-t.Sources-t.Invented, t.Invented)
	}
	return s
}

func percent(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of))
}

// Bootstrap draws the pages anew with replacement, rounds times, and returns the mean of
// ours - theirs and the bound that 95 % of the draws are above. The draws are the same
// every time.
func Bootstrap(ours, theirs []float64, rounds int) (mean, lower float64) {
	random := rand.New(rand.NewPCG(1, 2))
	n := len(ours)
	diff := make([]float64, n)
	for i := range ours {
		diff[i] = ours[i] - theirs[i]
		mean += diff[i] / float64(n)
	}
	means := make([]float64, rounds)
	for i := range means {
		sum := 0.0
		for range n {
			sum += diff[random.IntN(n)]
		}
		means[i] = sum / float64(n)
	}
	slices.Sort(means)
	return mean, means[rounds/20]
}
