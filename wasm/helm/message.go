package main

import (
	"errors"
	"strconv"
	"strings"
)

// requestHeader says what to render. Paths are those of the files in the request, `/`-separated.
type requestHeader struct {
	Method      string   `json:"method"`
	Engine      string   `json:"engine"`
	ReleaseName string   `json:"releaseName"`
	Namespace   string   `json:"namespace"`
	KubeVersion string   `json:"kubeVersion"`
	APIVersions []string `json:"apiVersions"`
	// NameTemplate names the release instead of ReleaseName, as `--name-template` does.
	NameTemplate string   `json:"nameTemplate"`
	ValuesFiles  []string `json:"valuesFiles"`
	// Values are YAML texts merged over the values files.
	Values     []string `json:"values"`
	Set        []string `json:"set"`
	SetString  []string `json:"setString"`
	SetFile    []string `json:"setFile"`
	SkipSchema bool     `json:"skipSchema"`
	ChartRoot  string   `json:"chartRoot"`
	// Packed says that the chart came out of an archive.
	Packed bool `json:"packed"`
	// MapOrder is the order in which `keys` and `values` answer: `ascending`, or `descending` for the second render.
	MapOrder string `json:"mapOrder"`
	// Fresh says that this instance did nothing before; without it a chart that could tell is handed back unrendered.
	Fresh    bool  `json:"fresh"`
	MemoryMb int64 `json:"memoryMb"`
	// LocalCharts are dependencies that charts/ lacks: of the same repository, or fetched.
	LocalCharts []localChart  `json:"localCharts"`
	Files       []requestFile `json:"files"`
}

type localChart struct {
	Name string `json:"name"`
	Root string `json:"root"`
	// Folder is its name below charts/.
	Folder string `json:"folder"`
	Packed bool   `json:"packed"`
}

type requestFile struct {
	Path string `json:"path"`
	Size int    `json:"size"`
}

// success is a finished render, or only its volatility when the instance was not fresh enough to render it.
type success struct {
	OK bool `json:"ok"`
	// Volatility says what the chart can draw on that differs per render.
	Volatility volatility `json:"volatility"`
	Rendered   bool       `json:"rendered"`
	Manifests  []document `json:"manifests"`
	CRDs       []document `json:"crds"`
	Notes      string     `json:"notes"`
}

// document is one manifest in Helm's order. Path is Helm's name of the template, File the one in the request it came from.
type document struct {
	Path    string `json:"path"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Content string `json:"content"`
	Hook    *hook  `json:"hook"`
}

type hook struct {
	Events         []string `json:"events"`
	Weight         int      `json:"weight"`
	DeletePolicies []string `json:"deletePolicies"`
}

type dependency struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	Repository string `json:"repository"`
	// Locked: the version is what Chart.lock says.
	Locked bool `json:"locked"`
	// File is the chart file that asks for it.
	File string `json:"file"`
}

type failure struct {
	OK    bool   `json:"ok"`
	Error string `json:"error"`
	// Kind is render, schema, values, dependency, kubeVersion, remote or chart.
	Kind    string       `json:"kind"`
	File    string       `json:"file"`
	Line    int          `json:"line"`
	Missing []dependency `json:"missing"`
}

// fault is an error with the kind and place the host reports.
type fault struct {
	cause   error
	kind    string
	file    string
	line    int
	missing []dependency
}

func (f *fault) Error() string { return f.cause.Error() }
func (f *fault) Unwrap() error { return f.cause }

func describe(err error) failure {
	known, ok := errors.AsType[*fault](err)
	if !ok {
		return failure{Error: err.Error(), Kind: "render", Line: 1}
	}
	return failure{Error: known.Error(), Kind: known.kind, File: known.file, Line: max(known.line, 1), Missing: known.missing}
}

// locate finds the template that a message of Helm names, and the line behind it.
func locate(message string, templates map[string]origin) (file string, line int) {
	first := len(message)
	for name, from := range templates {
		at := strings.Index(message, name)
		if at < 0 || at > first || (at == first && len(from.file) < len(file)) {
			continue
		}
		first, file, line = at, from.file, leadingNumber(message[at+len(name):])
		if from.text == nil {
			line = 1
		}
	}
	return file, max(line, 1)
}

// leadingNumber reads 12 out of `:12:3: …`, and 0 where no number follows.
func leadingNumber(text string) int {
	digits, isLine := strings.CutPrefix(text, ":")
	if !isLine {
		return 0
	}
	end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(digits)
	}
	number, err := strconv.Atoi(digits[:end])
	if err != nil {
		return 0
	}
	return number
}
