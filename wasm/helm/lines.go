package main

import "strings"

// lineFinder tells where in its template a rendered document begins. It answers 1 unless the template has exactly as many
// `kind:` lines of that kind as the output: loops and conditions make anything else a guess.
type lineFinder struct {
	rendered map[string]string
	origins  map[string]origin
	known    map[string]kindLines
}

// kindLines are the `kind:` lines of a template and of its output, by kind.
type kindLines struct {
	template map[string][]kindLine
	output   map[string][]kindLine
}

type kindLine struct {
	// offset of the line in bytes.
	offset int
	// begins is the 1-based line of the `apiVersion:` above it, or its own.
	begins int
}

func newLineFinder(rendered map[string]string, origins map[string]origin) *lineFinder {
	return &lineFinder{rendered: rendered, origins: origins, known: map[string]kindLines{}}
}

func (f *lineFinder) place(name, kind, content string) document {
	from := f.origins[name]
	lines, seen := f.known[name]
	if !seen {
		lines = kindLines{template: findKinds(string(from.text)), output: findKinds(f.rendered[name])}
		f.known[name] = lines
	}
	return document{Path: name, File: from.file, Line: lines.begin(kind, strings.Index(f.rendered[name], content)), Content: content}
}

func (k kindLines) begin(kind string, offset int) int {
	template, output := k.template[kind], k.output[kind]
	if len(template) != len(output) {
		return 1
	}
	for index, line := range output {
		if line.offset >= offset {
			return template[index].begins
		}
	}
	return 1
}

func findKinds(text string) map[string][]kindLine {
	found := map[string][]kindLine{}
	begins, offset, number := 0, 0, 0
	for line := range strings.Lines(text) {
		number++
		switch {
		case strings.HasPrefix(line, "---"):
			begins = 0
		case strings.HasPrefix(line, "apiVersion:") && begins == 0:
			begins = number
		case strings.HasPrefix(line, "kind:"):
			kind := strings.Trim(strings.TrimSpace(line[len("kind:"):]), `"'`)
			if begins == 0 {
				begins = number
			}
			found[kind] = append(found[kind], kindLine{offset: offset, begins: begins})
			begins = 0
		}
		offset += len(line)
	}
	return found
}
