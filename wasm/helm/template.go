package main

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"helm.sh/helm/v4/pkg/chart/common"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
)

const notesName = "NOTES.txt"

// renderChart does what `helm template --include-crds` does between reading files and printing, in its order.
// (Helm's own flow is in package action, which does not build for WebAssembly.)
func renderChart(header requestHeader, contents map[string][]byte) (*success, error) {
	helm, known := engines[header.Engine]
	if header.Method != "template" || !known {
		return nil, fmt.Errorf("this module has no method %q of engine %q", header.Method, header.Engine)
	}
	mapOrder = header.MapOrder
	version, err := common.ParseKubeVersion(header.KubeVersion)
	if err != nil {
		return nil, &fault{cause: fmt.Errorf("invalid kube version '%s': %w", header.KubeVersion, err), kind: "kubeVersion"}
	}
	if header.ReleaseName, err = releaseName(header); err != nil {
		return nil, &fault{cause: err, kind: "values"}
	}
	values, err := mergeValues(helm, header, contents)
	if err != nil {
		return nil, err
	}
	loaded, err := loadChart(helm, header, contents)
	if err != nil {
		return nil, err
	}
	seen := loaded.view()
	if err := checkInstallable(helm, header, seen); err != nil {
		return nil, err
	}
	traced := traceFiles(seen, contents)
	if err := loaded.processDependencies(values); err != nil {
		return nil, &fault{cause: fmt.Errorf("%s%w", helm.onDependencies, err), kind: "values"}
	}
	return renderLoaded(header, job{helm: helm, chart: loaded, view: loaded.view(), traced: traced, values: values, kubeVersion: version})
}

// releaseName renders a name template as `--name-template` does.
func releaseName(header requestHeader) (string, error) {
	if header.NameTemplate == "" {
		return header.ReleaseName, nil
	}
	if header.ReleaseName != "" {
		return "", errors.New("cannot set --name-template and also specify a name")
	}
	parsed, err := template.New("name-template").Funcs(sprig.TxtFuncMap()).Parse(header.NameTemplate)
	if err != nil {
		return "", err
	}
	var name strings.Builder
	err = parsed.Execute(&name, nil)
	return name.String(), err
}

// job is a chart ready to be rendered.
type job struct {
	helm        engine
	chart       loadedChart
	view        *view
	traced      provenance
	values      map[string]any
	kubeVersion *common.KubeVersion
}

func renderLoaded(header requestHeader, ready job) (*success, error) {
	scope, err := ready.chart.scope(ready.values, renderOptions{
		name: header.ReleaseName, namespace: header.Namespace,
		kubeVersion: header.KubeVersion, apiVersions: header.APIVersions, helmVersion: ready.helm.version(),
		skipSchema: header.SkipSchema,
	})
	if err != nil {
		return nil, schemaFault(err, ready.view, header.ChartRoot)
	}
	found := assessVolatility(ready.view, header.NameTemplate, scope)
	if found.NeedsFresh && !header.Fresh {
		return &success{OK: true, Volatility: found}, nil
	}
	if err := checkKubeVersion(header.ChartRoot, ready); err != nil {
		return nil, err
	}
	origins := templateOrigins(ready.view, ready.traced)
	files, err := ready.chart.render(scope)
	if err != nil {
		file, line := locate(err.Error(), origins)
		return nil, &fault{cause: err, kind: "render", file: file, line: line}
	}
	rendered := &success{OK: true, Rendered: true, Volatility: found, Notes: takeNotes(files, ready.view.name)}
	if rendered.Manifests, err = sortDocuments(ready.helm, files, origins); err != nil {
		file, line := locate(err.Error(), origins)
		return nil, &fault{cause: err, kind: "render", file: file, line: line}
	}
	rendered.CRDs = crdDocuments(ready.chart, ready.traced)
	return rendered, nil
}

func checkKubeVersion(root string, ready job) error {
	wanted, given := ready.view.kubeVersion, ready.kubeVersion
	if wanted == "" || chartutil.IsCompatibleRange(wanted, given.String()) {
		return nil
	}
	err := fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, ready.helm.kubeVersion(given))
	return &fault{cause: err, kind: "kubeVersion", file: path.Join(root, "Chart.yaml")}
}

func checkInstallable(helm engine, header requestHeader, loaded *view) error {
	file := path.Join(header.ChartRoot, "Chart.yaml")
	if kind := loaded.kind; kind != "" && kind != "application" {
		return &fault{cause: fmt.Errorf("%s charts are not installable", kind), kind: "chart", file: file}
	}
	if err := checkDependencies(helm, loaded, header.ChartRoot); err != nil {
		return err
	}
	if err := checkLocalVersions(header.LocalCharts, loaded, file); err != nil {
		return err
	}
	if err := chartutil.ValidateReleaseName(header.ReleaseName); err != nil {
		return &fault{cause: fmt.Errorf("%srelease name %q: %w", helm.onName, header.ReleaseName, err), kind: "values"}
	}
	return nil
}

func schemaFault(err error, loaded *view, root string) error {
	kind, file := "values", path.Join(root, "values.yaml")
	if strings.HasPrefix(err.Error(), "values don't meet the specifications of the schema") {
		kind = "schema"
	}
	if strings.Contains(err.Error(), "HTTP request failed for ") {
		kind = "remote"
	}
	if kind != "values" && loaded.hasSchema {
		file = path.Join(root, "values.schema.json")
	}
	return &fault{cause: err, kind: kind, file: file}
}

// takeNotes removes every NOTES.txt from the rendered files and returns the chart's own.
func takeNotes(files map[string]string, chartName string) string {
	own := files[path.Join(chartName, "templates", notesName)]
	maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasSuffix(name, notesName) })
	return own
}

// sortDocuments gives the manifests in install order, then the hooks, as `helm template` prints them.
func sortDocuments(helm engine, files map[string]string, origins map[string]origin) ([]document, error) {
	all, err := helm.sort(files)
	if err != nil {
		return nil, err
	}
	lines := newLineFinder(files, origins)
	documents := make([]document, 0, len(all))
	for _, one := range all {
		placed := lines.place(one.path, one.kind, one.content)
		placed.Hook = one.hook
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

func crdDocuments(loaded loadedChart, traced provenance) []document {
	documents := []document{}
	for _, crd := range loaded.crds() {
		documents = append(documents, document{Path: crd.name, File: traced.of(crd.data).file, Line: 1, Content: string(crd.data)})
	}
	return documents
}

// templateOrigins maps Helm's name of each template to where it came from.
func templateOrigins(loaded *view, traced provenance) map[string]origin {
	origins := map[string]origin{}
	eachChart(loaded, func(current *view) {
		for _, from := range current.templates {
			origins[path.Join(current.fullPath, from.name)] = traced.of(from.data)
		}
	})
	return origins
}
