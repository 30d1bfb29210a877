package main

import (
	"context"
	"fmt"
	"maps"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"text/template"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

const notesName = "NOTES.txt"

// renderChart does what `helm template --include-crds` does between reading files and printing, in its order.
// (Helm's own flow is in package action, which does not build for WebAssembly.)
func renderChart(header requestHeader, contents map[string][]byte) (*success, error) {
	if header.Method != "template" || header.Engine != "helm4" {
		return nil, fmt.Errorf("this module has no method %q of engine %q", header.Method, header.Engine)
	}
	capabilities, err := capabilitiesOf(header)
	if err != nil {
		return nil, err
	}
	values, err := mergeValues(header, contents)
	if err != nil {
		return nil, err
	}
	loaded, err := loadChart(header.ChartRoot, header.LocalCharts, contents)
	if err != nil {
		return nil, err
	}
	if err := checkInstallable(header, loaded); err != nil {
		return nil, err
	}
	traced := traceFiles(loaded, contents)
	if err := chartutil.ProcessDependencies(loaded, values); err != nil {
		return nil, &fault{cause: fmt.Errorf("chart dependencies processing failed: %w", err), kind: "values"}
	}
	return renderLoaded(header, job{chart: loaded, traced: traced, values: values, capabilities: capabilities})
}

// job is a chart ready to be rendered.
type job struct {
	chart        *chart.Chart
	traced       provenance
	values       map[string]any
	capabilities *common.Capabilities
}

func renderLoaded(header requestHeader, ready job) (*success, error) {
	loaded, capabilities := ready.chart, ready.capabilities
	options := common.ReleaseOptions{Name: header.ReleaseName, Namespace: header.Namespace, Revision: 1, IsInstall: true}
	scope, err := util.ToRenderValues(loaded, ready.values, options, capabilities)
	if err != nil {
		return nil, schemaFault(err, loaded, header.ChartRoot)
	}
	found := assessVolatility(loaded, scope)
	if found.NeedsFresh && !header.Fresh {
		return &success{OK: true, Volatility: found}, nil
	}
	if wanted := loaded.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, capabilities.KubeVersion.String()) {
		err := fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, capabilities.KubeVersion.Version)
		return nil, &fault{cause: err, kind: "kubeVersion", file: path.Join(header.ChartRoot, "Chart.yaml")}
	}
	origins := templateOrigins(loaded, ready.traced)
	renderer := engine.Engine{CustomTemplateFuncs: orderedFuncs(header.MapOrder)}
	files, err := renderer.RenderWithContext(context.Background(), loaded, scope)
	if err != nil {
		file, line := locate(err.Error(), origins)
		return nil, &fault{cause: err, kind: "render", file: file, line: line}
	}
	rendered := &success{OK: true, Rendered: true, Volatility: found, Notes: takeNotes(files, loaded)}
	if rendered.Manifests, err = sortDocuments(files, origins); err != nil {
		file, line := locate(err.Error(), origins)
		return nil, &fault{cause: err, kind: "render", file: file, line: line}
	}
	rendered.CRDs = crdDocuments(loaded, ready.traced)
	return rendered, nil
}

func capabilitiesOf(header requestHeader) (*common.Capabilities, error) {
	version, err := common.ParseKubeVersion(header.KubeVersion)
	if err != nil {
		return nil, &fault{cause: fmt.Errorf("invalid kube version '%s': %w", header.KubeVersion, err), kind: "kubeVersion"}
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	capabilities.HelmVersion.Version = helmVersion()
	capabilities.APIVersions = append(slices.Clone(capabilities.APIVersions), header.APIVersions...)
	return capabilities, nil
}

// helmVersion is the version of the library we are built with, which Helm's releases state and its source does not.
var helmVersion = sync.OnceValue(func() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "helm.sh/helm/v4" {
			return module.Version
		}
	}
	return common.DefaultCapabilities.HelmVersion.Version
})

func checkInstallable(header requestHeader, loaded *chart.Chart) error {
	file := path.Join(header.ChartRoot, "Chart.yaml")
	if kind := loaded.Metadata.Type; kind != "" && kind != "application" {
		return &fault{cause: fmt.Errorf("%s charts are not installable", kind), kind: "chart", file: file}
	}
	if err := checkDependencies(loaded, file); err != nil {
		return err
	}
	if err := checkLocalVersions(header.LocalCharts, loaded, file); err != nil {
		return err
	}
	if err := chartutil.ValidateReleaseName(header.ReleaseName); err != nil {
		return &fault{cause: fmt.Errorf("release name check failed: release name %q: %w", header.ReleaseName, err), kind: "values"}
	}
	return nil
}

func checkDependencies(loaded *chart.Chart, file string) error {
	var names []string
	var missing []dependency
	for _, wanted := range loaded.Metadata.Dependencies {
		vendored := slices.ContainsFunc(loaded.Dependencies(), func(child *chart.Chart) bool { return child.Name() == wanted.Name })
		if !vendored {
			names = append(names, wanted.Name)
			missing = append(missing, dependency{Name: wanted.Name, Version: wanted.Version, Repository: wanted.Repository, File: file})
		}
	}
	if len(missing) == 0 {
		return nil
	}
	err := fmt.Errorf("an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: %s", strings.Join(names, ", "))
	return &fault{cause: err, kind: "dependency", file: file, missing: missing}
}

// checkLocalVersions holds a chart taken from the repository to the version asked for, as `helm dependency build` does.
func checkLocalVersions(local []localChart, loaded *chart.Chart, file string) error {
	for _, wanted := range loaded.Metadata.Dependencies {
		isLocal := slices.ContainsFunc(local, func(child localChart) bool { return child.Name == wanted.Name })
		fits := slices.ContainsFunc(loaded.Dependencies(), func(child *chart.Chart) bool {
			return child.Name() == wanted.Name && chartutil.IsCompatibleRange(wanted.Version, child.Metadata.Version)
		})
		if isLocal && !fits {
			return &fault{cause: fmt.Errorf("can't get a valid version for dependency %s", wanted.Name), kind: "chart", file: file}
		}
	}
	return nil
}

func schemaFault(err error, loaded *chart.Chart, root string) error {
	kind, file := "values", path.Join(root, "values.yaml")
	if strings.HasPrefix(err.Error(), "values don't meet the specifications of the schema") {
		kind = "schema"
	}
	if strings.Contains(err.Error(), "HTTP request failed for ") {
		kind = "remote"
	}
	if kind != "values" && loaded.Schema != nil {
		file = path.Join(root, "values.schema.json")
	}
	return &fault{cause: err, kind: kind, file: file}
}

// orderedFuncs gives `keys` and `values` one of the orders that Go's maps may give them. A second render with the other
// order shows what depends on it.
func orderedFuncs(order string) template.FuncMap {
	sorted := func(dict map[string]any) []string {
		names := slices.Sorted(maps.Keys(dict))
		if order == "descending" {
			slices.Reverse(names)
		}
		return names
	}
	return template.FuncMap{
		"keys": func(dicts ...map[string]any) []string {
			names := []string{}
			for _, dict := range dicts {
				names = append(names, sorted(dict)...)
			}
			return names
		},
		"values": func(dict map[string]any) []any {
			items := []any{}
			for _, name := range sorted(dict) {
				items = append(items, dict[name])
			}
			return items
		},
	}
}

// takeNotes removes every NOTES.txt from the rendered files and returns the chart's own.
func takeNotes(files map[string]string, loaded *chart.Chart) string {
	own := files[path.Join(loaded.Name(), "templates", notesName)]
	maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasSuffix(name, notesName) })
	return own
}

// sortDocuments gives the manifests in install order, then the hooks, as `helm template` prints them.
func sortDocuments(files map[string]string, origins map[string]origin) ([]document, error) {
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	lines := newLineFinder(files, origins)
	documents := make([]document, 0, len(hooks)+len(manifests))
	for _, manifest := range manifests {
		documents = append(documents, lines.place(manifest.Name, manifest.Head.Kind, manifest.Content))
	}
	for _, found := range hooks {
		placed := lines.place(found.Path, found.Kind, found.Manifest)
		placed.Hook = &hook{Events: texts(found.Events), Weight: found.Weight, DeletePolicies: texts(found.DeletePolicies)}
		documents = append(documents, placed)
	}
	return documents, nil
}

func texts[T ~string](items []T) []string {
	all := make([]string, 0, len(items))
	for _, item := range items {
		all = append(all, string(item))
	}
	return all
}

func crdDocuments(loaded *chart.Chart, traced provenance) []document {
	documents := []document{}
	for _, crd := range loaded.CRDObjects() {
		documents = append(documents, document{Path: crd.Filename, File: traced[crd.File].file, Line: 1, Content: string(crd.File.Data)})
	}
	return documents
}

// templateOrigins maps Helm's name of each template to where it came from.
func templateOrigins(loaded *chart.Chart, traced provenance) map[string]origin {
	origins := map[string]origin{}
	eachChart(loaded, func(current *chart.Chart) {
		for _, file := range current.Templates {
			origins[path.Join(current.ChartFullPath(), file.Name)] = traced[file]
		}
	})
	return origins
}
