package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	"unsafe"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"
	"sigs.k8s.io/yaml"
)

// maxArchive bounds what a chart archive may unpack to, in bytes. (Helm's own bound is 100 MiB.)
const maxArchive = 32 << 20

var byteOrderMark = []byte("\xEF\xBB\xBF")

func init() {
	archive.MaxDecompressedChartSize = maxArchive
}

// loadChart reads the chart below root as Helm's directory loader does: ignore rules, walk order, byte order marks.
// Local charts are put below charts/, as `helm dependency build` would pack them.
func loadChart(root string, local []localChart, contents map[string][]byte) (*chart.Chart, error) {
	files, err := chartFiles(root, contents)
	if err != nil {
		return nil, &fault{cause: err, kind: "chart", file: path.Join(root, ".helmignore")}
	}
	for _, child := range local {
		below, err := chartFiles(child.Root, contents)
		if err != nil {
			return nil, &fault{cause: err, kind: "chart", file: path.Join(child.Root, ".helmignore")}
		}
		for _, file := range below {
			file.Name = path.Join("charts", child.Name, file.Name)
			files = append(files, file)
		}
	}
	if err := checkVersion(path.Join(root, "Chart.yaml"), contents); err != nil {
		return nil, err
	}
	loaded, err := loader.LoadFiles(files)
	if err != nil {
		return nil, &fault{cause: err, kind: "chart", file: path.Join(root, "Chart.yaml")}
	}
	sortDependencies(loaded)
	return loaded, nil
}

func checkVersion(file string, contents map[string][]byte) error {
	data, found := contents[file]
	if !found {
		return &fault{cause: fmt.Errorf("unable to detect chart at %s: file does not exist", file), kind: "chart", file: file}
	}
	var base struct {
		APIVersion string `json:"apiVersion"`
	}
	if err := yaml.Unmarshal(data, &base); err != nil {
		return &fault{cause: fmt.Errorf("cannot load Chart.yaml: %w", err), kind: "chart", file: file}
	}
	switch base.APIVersion {
	case "", chart.APIVersionV1, chart.APIVersionV2:
		return nil
	case "v3":
		return &fault{cause: errors.New("invalid chart apiVersion"), kind: "chart", file: file}
	default:
		return &fault{cause: errors.New("unsupported chart version"), kind: "chart", file: file}
	}
}

func chartFiles(root string, contents map[string][]byte) ([]*archive.BufferedFile, error) {
	rules, err := ignoreRules(contents[path.Join(root, ignore.HelmIgnore)])
	if err != nil {
		return nil, err
	}
	names := namesBelow(root, contents)
	skipped := map[string]bool{}
	files := make([]*archive.BufferedFile, 0, len(names))
	for _, name := range names {
		if inIgnoredFolder(name, rules, skipped) || rules.Ignore(name, entry{name: name}) {
			continue
		}
		data := bytes.TrimPrefix(contents[path.Join(root, name)], byteOrderMark)
		files = append(files, &archive.BufferedFile{Name: name, Data: data})
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

// sortDependencies orders subcharts that Helm's loader leaves in the order of a Go map.
func sortDependencies(parent *chart.Chart) {
	children := slices.Clone(parent.Dependencies())
	slices.SortStableFunc(children, func(a, b *chart.Chart) int {
		return cmp.Or(cmp.Compare(a.Name(), b.Name()), cmp.Compare(a.Metadata.Version, b.Metadata.Version))
	})
	parent.SetDependencies(children...)
	for _, child := range children {
		sortDependencies(child)
	}
}

// origin is the file that loaded data came from; text is nil for data out of an archive, whose lines nobody can open.
type origin struct {
	file string
	text []byte
}

// provenance tells the origin of every file of a chart and its subcharts. Aliases of a subchart share its files.
type provenance map[*common.File]origin

// traceFiles has to run before aliases rename subcharts. Helm's loader passes the request's bytes on without copying them,
// so what is not found by its address came out of an archive.
func traceFiles(loaded *chart.Chart, contents map[string][]byte) provenance {
	names := make(map[*byte]string, len(contents))
	for name, data := range contents {
		if data = bytes.TrimPrefix(data, byteOrderMark); len(data) > 0 {
			names[unsafe.SliceData(data)] = name
		}
	}
	traced := provenance{}
	traced.add(loaded, "", func(data []byte) string { return names[unsafe.SliceData(data)] }, contents)
	return traced
}

func (p provenance) add(current *chart.Chart, archive string, nameOf func([]byte) string, contents map[string][]byte) {
	for _, file := range slices.Concat(current.Templates, current.Files) {
		switch name := nameOf(file.Data); {
		case len(file.Data) == 0:
			continue
		case name != "":
			p[file] = origin{file: name, text: file.Data}
		default:
			p[file] = origin{file: archive}
		}
	}
	for _, child := range current.Dependencies() {
		p.add(child, cmp.Or(archiveOf(child, contents), archive), nameOf, contents)
	}
}

// archiveOf names the archive that a subchart came from, by Helm's naming of packages: exactly, else as far as it goes.
func archiveOf(child *chart.Chart, contents map[string][]byte) string {
	exact := child.Name() + "-" + child.Metadata.Version + ".tgz"
	found := ""
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		base := path.Base(name)
		if base == exact {
			return name
		}
		if found == "" && path.Ext(base) == ".tgz" && strings.HasPrefix(base, child.Name()) {
			found = name
		}
	}
	return found
}
