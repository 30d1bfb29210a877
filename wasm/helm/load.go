package main

import (
	"bytes"
	"cmp"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	"unsafe"

	"helm.sh/helm/v4/pkg/ignore"
)

// maxArchive bounds what a chart archive may unpack to, in bytes. (Helm's own bound is 100 MiB.)
const maxArchive = 32 << 20

var byteOrderMark = []byte("\xEF\xBB\xBF")

// loadChart reads the chart below the header's root as Helm's directory loader does: ignore rules, walk order, byte order
// marks. Charts taken from elsewhere are put below charts/, as `helm dependency build` would pack them.
func loadChart(helm engine, header requestHeader, contents map[string][]byte) (loadedChart, error) {
	root := header.ChartRoot
	files, err := chartFiles(root, header.Packed, contents)
	if err != nil {
		return nil, &fault{cause: err, kind: "chart", file: path.Join(root, ".helmignore")}
	}
	for _, child := range header.LocalCharts {
		below, err := chartFiles(child.Root, child.Packed, contents)
		if err != nil {
			return nil, &fault{cause: err, kind: "chart", file: path.Join(child.Root, ".helmignore")}
		}
		for _, from := range below {
			files = append(files, file{path.Join("charts", child.Folder, from.name), from.data})
		}
	}
	about := path.Join(root, "Chart.yaml")
	if err := helm.detect(about, contents); err != nil {
		return nil, &fault{cause: err, kind: "chart", file: about}
	}
	loaded, err := helm.load(files)
	if err != nil {
		return nil, &fault{cause: err, kind: "chart", file: about}
	}
	return loaded, nil
}

// chartFiles lists a chart's files; ignore rules are for folders, as what is packed was chosen by them before.
func chartFiles(root string, isPacked bool, contents map[string][]byte) ([]file, error) {
	rules := ignore.Empty()
	if !isPacked {
		parsed, err := ignoreRules(contents[path.Join(root, ignore.HelmIgnore)])
		if err != nil {
			return nil, err
		}
		rules = parsed
	}
	names := namesBelow(root, contents)
	skipped := map[string]bool{}
	files := make([]file, 0, len(names))
	for _, name := range names {
		if inIgnoredFolder(name, rules, skipped) || rules.Ignore(name, entry{name: name}) {
			continue
		}
		files = append(files, file{name, bytes.TrimPrefix(contents[path.Join(root, name)], byteOrderMark)})
	}
	return files, nil
}

func ignoreRules(text []byte) (*ignore.Rules, error) {
	rules := ignore.Empty()
	if text != nil {
		parsed, err := ignore.Parse(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		rules = parsed
	}
	rules.AddDefaults()
	return rules, nil
}

// namesBelow lists the files below a folder in the order of a directory walk: by name within each folder.
func namesBelow(root string, contents map[string][]byte) []string {
	prefix := root + "/"
	if root == "" {
		prefix = ""
	}
	var names []string
	for name := range contents {
		if below, ok := strings.CutPrefix(name, prefix); ok {
			names = append(names, below)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
	})
	return names
}

func inIgnoredFolder(name string, rules *ignore.Rules, known map[string]bool) bool {
	for at, char := range name {
		if char != '/' {
			continue
		}
		folder := name[:at]
		ignored, seen := known[folder]
		if !seen {
			ignored = rules.Ignore(folder, entry{name: folder, folder: true})
			known[folder] = ignored
		}
		if ignored {
			return true
		}
	}
	return false
}

// entry is what the ignore rules ask of a file.
type entry struct {
	name   string
	folder bool
}

func (e entry) Name() string       { return path.Base(e.name) }
func (e entry) IsDir() bool        { return e.folder }
func (e entry) Size() int64        { return 0 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) Sys() any           { return nil }
func (e entry) Mode() fs.FileMode {
	if e.folder {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

// nested is a chart of either engine with charts below it.
type nested[C any] interface {
	Name() string
	Dependencies() []C
	SetDependencies(charts ...C)
}

// sortDependencies orders subcharts that Helm's loader leaves in the order of a Go map.
func sortDependencies[C nested[C]](parent C, versionOf func(C) string) {
	children := slices.Clone(parent.Dependencies())
	slices.SortStableFunc(children, func(a, b C) int {
		return cmp.Or(cmp.Compare(a.Name(), b.Name()), cmp.Compare(versionOf(a), versionOf(b)))
	})
	parent.SetDependencies(children...)
	for _, child := range children {
		sortDependencies(child, versionOf)
	}
}

// origin is the file that loaded data came from; text is nil for data out of an archive, whose lines nobody can open.
type origin struct {
	file string
	text []byte
}

// provenance tells where the bytes of a chart's files came from, by their address. Helm's loaders pass the request's bytes on
// without copying them, and aliases of a subchart share its files.
type provenance map[*byte]origin

func (p provenance) of(data []byte) origin {
	if len(data) == 0 {
		return origin{}
	}
	return p[unsafe.SliceData(data)]
}

// traceFiles has to run before aliases rename subcharts. What is not found by its address came out of an archive.
func traceFiles(loaded *view, contents map[string][]byte) provenance {
	names := make(map[*byte]string, len(contents))
	for name, data := range contents {
		if data = bytes.TrimPrefix(data, byteOrderMark); len(data) > 0 {
			names[unsafe.SliceData(data)] = name
		}
	}
	traced := provenance{}
	traced.add(loaded, "", names, contents)
	return traced
}

func (p provenance) add(current *view, archive string, names map[*byte]string, contents map[string][]byte) {
	for _, from := range slices.Concat(current.templates, current.files) {
		if len(from.data) == 0 {
			continue
		}
		address := unsafe.SliceData(from.data)
		if name, isOwn := names[address]; isOwn {
			p[address] = origin{file: name, text: from.data}
		} else {
			p[address] = origin{file: archive}
		}
	}
	for _, child := range current.children {
		p.add(child, cmp.Or(archiveOf(child, contents), archive), names, contents)
	}
}

// archiveOf names the archive that a subchart came from, by Helm's naming of packages: exactly, else as far as it goes.
func archiveOf(child *view, contents map[string][]byte) string {
	exact := child.name + "-" + child.version + ".tgz"
	found := ""
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		base := path.Base(name)
		if base == exact {
			return name
		}
		if found == "" && path.Ext(base) == ".tgz" && strings.HasPrefix(base, child.name) {
			found = name
		}
	}
	return found
}
