package main

import (
	"encoding/json"
	"path"
	"strings"
)

// volatility says what makes two renders of the same chart differ.
type volatility struct {
	// Varies: the chart draws on the clock, on random numbers or on the order of a map, so that a second render with other
	// ones shows what depends on them.
	Varies bool `json:"varies"`
	// NeedsFresh: it draws on random state that Go's runtime keeps from call to call, so that only an instance that did
	// nothing before gives the same bytes again.
	NeedsFresh bool `json:"needsFresh"`
}

// perCall names the template functions that read the clock or the host's random stream, which start anew with each call,
// or that answer in the order the request asks for.
var perCall = set("now", "ago", "date", "dateInZone", "date_in_zone", "dateModify", "date_modify", "mustDateModify",
	"must_date_modify", "htmlDate", "htmlDateInZone", "durationRound", "randAlphaNum", "randAlpha", "randAscii", "randNumeric",
	"randBytes", "uuidv4", "bcrypt", "htpasswd", "encryptAES", "keys", "values")

// runtimeState names those that read the random numbers of Go's runtime, or may.
var runtimeState = set("randInt", "shuffle", "genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert",
	"genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey")

func set(names ...string) map[string]bool {
	all := make(map[string]bool, len(names))
	for _, name := range names {
		all[name] = true
	}
	return all
}

// assessVolatility reads, not runs, a chart's templates and, where `tpl` can run them, its values and files. It errs on
// the side of volatile: a name in a string counts, a branch never taken counts.
func assessVolatility(loaded *view, nameTemplate string, scope map[string]any) volatility {
	seen := &mentions{actions: map[string]bool{}, fields: map[string]bool{}, texts: map[string]bool{}}
	seen.readTemplate(nameTemplate)
	sameBase := false
	eachChart(loaded, func(current *view) {
		for _, from := range current.templates {
			seen.readTemplate(string(from.data))
		}
		sameBase = sameBase || sharesBaseName(current.files)
	})
	// Of two files with one base name the last in the order of a Go map wins.
	needsFresh := intersects(seen.actions, runtimeState) || (sameBase && (seen.fields["AsConfig"] || seen.fields["AsSecrets"]))
	varies := needsFresh || intersects(seen.actions, perCall)
	if seen.actions["tpl"] {
		seen.readData(loaded, scope)
		needsFresh = needsFresh || intersects(seen.texts, runtimeState)
		varies = varies || needsFresh || intersects(seen.texts, perCall)
	}
	return volatility{Varies: varies, NeedsFresh: needsFresh}
}

func sharesBaseName(files []file) bool {
	names := map[string]bool{}
	for _, from := range files {
		base := path.Base(from.name)
		if names[base] {
			return true
		}
		names[base] = true
	}
	return false
}

// mentions collects names: those in template actions, and those in texts that could become templates.
type mentions struct {
	actions map[string]bool
	// fields: words behind a dot, such as Files and its methods.
	fields map[string]bool
	texts  map[string]bool
	// assembles: some literal holds a brace pair, so that templates may be put together from pieces.
	assembles bool
}

func intersects(a, b map[string]bool) bool {
	for name := range b {
		if a[name] {
			return true
		}
	}
	return false
}

// readTemplate collects the words of every action. Text outside of actions, and literals, count as data for `tpl`.
func (m *mentions) readTemplate(text string) {
	for {
		before, rest, found := strings.Cut(text, "{{")
		m.assembles = m.assembles || strings.Contains(before, "}}")
		if !found {
			return
		}
		text = m.readAction(rest)
	}
}

// readAction reads up to the end of one action and returns what follows it.
func (m *mentions) readAction(text string) string {
	if comment := strings.TrimLeft(strings.TrimPrefix(text, "-"), " \t\r\n"); strings.HasPrefix(comment, "/*") {
		_, after, _ := strings.Cut(comment, "*/")
		_, after, _ = strings.Cut(after, "}}")
		return after
	}
	for at := 0; at < len(text); {
		switch char := text[at]; {
		case char == '"' || char == '`' || char == '\'':
			end := literalEnd(text, at)
			m.readLiteral(text[at:end])
			at = end
		case isNameByte(char):
			end := at
			for end < len(text) && isNameByte(text[end]) {
				end++
			}
			m.readName(text[at:end], at > 0 && text[at-1] == '.', at > 0 && text[at-1] == '$')
			at = end
		case strings.HasPrefix(text[at:], "}}"):
			return text[at+2:]
		default:
			at++
		}
	}
	return ""
}

// readName notes what a word of an action is: a field or method (behind a dot), a variable (behind a dollar sign, which can
// stand for anything but no function), or a function.
func (m *mentions) readName(name string, isField, isVariable bool) {
	switch {
	case isField:
		m.fields[name] = true
	case !isVariable:
		m.actions[name] = true
	}
}

func (m *mentions) readLiteral(literal string) {
	if strings.Contains(literal, "{{") || strings.Contains(literal, "}}") {
		m.assembles = true
		eachName(literal, func(name string) { m.texts[name] = true })
	}
}

func literalEnd(text string, start int) int {
	for at := start + 1; at < len(text); at++ {
		switch {
		case text[at] == '\\' && text[start] != '`':
			at++
		case text[at] == text[start]:
			return at + 1
		}
	}
	return len(text)
}

// readData collects the names in what `tpl` can be given: values, chart metadata, and files where templates read any.
func (m *mentions) readData(loaded *view, scope map[string]any) {
	m.readValue(scope["Values"])
	eachChart(loaded, func(current *view) {
		if metadata, err := json.Marshal(current.metadata); err == nil {
			m.readText(string(metadata))
		}
		if !m.fields["Files"] {
			return
		}
		for _, from := range current.files {
			m.readText(string(from.data))
		}
	})
	if !m.assembles {
		return
	}
	eachChart(loaded, func(current *view) {
		for _, from := range current.templates {
			m.readText(string(from.data))
		}
	})
}

func (m *mentions) readValue(value any) {
	switch typed := value.(type) {
	case string:
		m.readText(typed)
	// The values' own type, of either engine.
	case interface{ AsMap() map[string]any }:
		m.readValue(typed.AsMap())
	case map[string]any:
		for key, item := range typed {
			m.readText(key)
			m.readValue(item)
		}
	case []any:
		for _, item := range typed {
			m.readValue(item)
		}
	}
}

func (m *mentions) readText(text string) {
	if m.assembles || strings.Contains(text, "{{") {
		eachName(text, func(name string) { m.texts[name] = true })
	}
}

func eachName(text string, visit func(string)) {
	for _, name := range strings.FieldsFunc(text, func(char rune) bool { return char > 0x7f || !isNameByte(byte(char)) }) {
		visit(name)
	}
}

func isNameByte(char byte) bool {
	return char == '_' || '0' <= char && char <= '9' || 'a' <= char && char <= 'z' || 'A' <= char && char <= 'Z'
}
