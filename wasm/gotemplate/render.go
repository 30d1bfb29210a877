package main

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
)

var errTooLarge = errors.New("the output is too large")

// budget is a writer that refuses what exceeds the bytes left for the whole request.
type budget struct {
	text strings.Builder
	left *int
}

func (b *budget) Write(piece []byte) (int, error) {
	if len(piece) > *b.left {
		return 0, errTooLarge
	}
	*b.left -= len(piece)
	return b.text.Write(piece)
}

// render executes every template with every set of parameters.
func render(asked request) [][]result {
	base := template.New("base").Funcs(functions)
	for _, option := range asked.Options {
		base = base.Option(option)
	}
	parsed := make([]*template.Template, len(asked.Templates))
	faults := make([]error, len(asked.Templates))
	for index, text := range asked.Templates {
		parsed[index], faults[index] = parse(base, text)
	}
	left := asked.MaxBytes
	results := make([][]result, 0, len(asked.Params))
	for _, params := range asked.Params {
		row := make([]result, len(parsed))
		for index := range parsed {
			row[index] = execute(parsed[index], faults[index], asked.Templates[index], params, &left)
		}
		results = append(results, row)
	}
	return results
}

func parse(base *template.Template, text string) (*template.Template, error) {
	cloned, err := base.Clone()
	if err != nil {
		return nil, err
	}
	return cloned.Parse(text)
}

func execute(parsed *template.Template, fault error, text string, params map[string]any, left *int) result {
	if fault != nil {
		return result{Error: fmt.Sprintf("failed to parse template %s: %v", text, fault)}
	}
	output := &budget{left: left}
	if err := parsed.Execute(output, params); err != nil {
		return result{Error: fmt.Sprintf("failed to execute go template %s: %v", text, err)}
	}
	return result{Text: output.text.String()}
}
