package robots

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// A question is asked of a robots.txt: may agent ask for the path?
type question struct {
	Name    string `json:"name"`
	File    string `json:"file"`
	Agent   string `json:"agent"`
	Path    string `json:"path"`
	Allowed bool   `json:"allowed"`
	Differs bool   `json:"differs"` // the other reader says the contrary
}

// readQuestions reads testdata/cases.txtar, which says how it is written.
func readQuestions(t *testing.T) (questions []question) {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/cases.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		questions = append(questions, questionsOf(f)...)
	}
	return questions
}

func questionsOf(f txtar.File) (questions []question) {
	var file strings.Builder
	agent := "fangzhi"
	for line := range strings.Lines(string(f.Data)) {
		text := strings.TrimSuffix(line, "\n")
		mark, path, _ := strings.Cut(text, " ")
		switch {
		case mark == "+", mark == "-", mark == "+!", mark == "-!":
			questions = append(questions, question{Name: f.Name, Agent: agent, Path: path, Allowed: mark[0] == '+', Differs: len(mark) == 2})
		case strings.HasPrefix(text, "@"):
			agent = text[1:]
		case mark != "=":
			file.WriteString(strings.NewReplacer(`\r`, "\r", `\t`, "\t").Replace(line))
		}
	}
	for i := range questions {
		questions[i].File = file.String()
	}
	return questions
}

func TestCases(t *testing.T) {
	questions := readQuestions(t)
	if len(questions) < 200 {
		t.Errorf("%d questions, want 200 at least", len(questions))
	}
	for _, q := range questions {
		if got := verdict(t, q.File, q.Agent, q.Path); got.Allowed != q.Allowed {
			t.Errorf("%s: %s for %s: got %+v, want allowed %v", q.Name, q.Path, q.Agent, got, q.Allowed)
		}
	}
}

// TestBesideRobotsParser asks npm's robots-parser the same questions. It must say
// what we say but where its line is marked, and there the contrary. FANGZHI_NPM is
// the folder with node_modules/robots-parser; .ci/run makes it.
func TestBesideRobotsParser(t *testing.T) {
	peers := os.Getenv("FANGZHI_NPM")
	if peers == "" {
		t.Skip("FANGZHI_NPM does not say where node_modules/robots-parser is; .ci/run installs it")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("no other reader to compare with: %v", err)
	}
	questions := readQuestions(t)
	input, err := json.Marshal(questions)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(node, filepath.Join("..", "..", ".ci", "robots.mjs"), peers)
	command.Stdin, command.Stderr = bytes.NewReader(input), os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers []bool
	if err := json.Unmarshal(output, &answers); err != nil || len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions: %v", len(answers), len(questions), err)
	}
	same := 0
	for i, q := range questions {
		if answers[i] != (q.Allowed != q.Differs) {
			t.Errorf("%s: %s for %s: robots-parser says allowed %v; we say %v, marked as different: %v", q.Name, q.Path, q.Agent, answers[i], q.Allowed, q.Differs)
		}
		if answers[i] == q.Allowed {
			same++
		}
	}
	t.Logf("%d questions: robots-parser gives our answer to %d, the contrary to %d, each with its reason", len(questions), same, len(questions)-same)
}
