package main

import (
	"slices"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	enginev3 "helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/releaseutil"
	"helm.sh/helm/v4/pkg/chart/common"
	"sigs.k8s.io/yaml"
)

var helm3 = engine{
	module:      "helm.sh/helm/v3",
	onMissing:   "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies: ",
	kubeVersion: func(version *common.KubeVersion) string { return version.String() },
	detect:      func(string, map[string][]byte) error { return nil },
	parseValues: parseValuesHelm3,
	load:        loadHelm3,
	sort:        sortHelm3,
}

func init() {
	loader.MaxDecompressedChartSize = maxArchive
}

func parseValuesHelm3(data []byte) (map[string]any, error) {
	values := map[string]any{}
	err := yaml.Unmarshal(data, &values)
	return values, err
}

type helm3Chart struct{ chart *chart.Chart }

func loadHelm3(files []file) (loadedChart, error) {
	buffered := make([]*loader.BufferedFile, 0, len(files))
	for _, from := range files {
		buffered = append(buffered, &loader.BufferedFile{Name: from.name, Data: from.data})
	}
	loaded, err := loader.LoadFiles(buffered)
	if err != nil {
		return nil, err
	}
	sortDependencies(loaded, func(child *chart.Chart) string { return child.Metadata.Version })
	return helm3Chart{loaded}, nil
}

func (c helm3Chart) view() *view { return viewHelm3(c.chart) }

func viewHelm3(from *chart.Chart) *view {
	seen := &view{
		name: from.Name(), version: from.Metadata.Version, fullPath: from.ChartFullPath(),
		kind: from.Metadata.Type, apiVersion: from.Metadata.APIVersion, kubeVersion: from.Metadata.KubeVersion,
		hasSchema: from.Schema != nil, metadata: from.Metadata,
		templates: filesHelm3(from.Templates), files: filesHelm3(from.Files), wanted: dependenciesHelm3(from.Metadata.Dependencies),
	}
	if from.Lock != nil {
		seen.locked, seen.lockDigest = dependenciesHelm3(from.Lock.Dependencies), from.Lock.Digest
		seen.hashed = [2]any{from.Metadata.Dependencies, from.Lock.Dependencies}
	}
	for _, child := range from.Dependencies() {
		seen.children = append(seen.children, viewHelm3(child))
	}
	return seen
}

func filesHelm3(from []*chart.File) []file {
	all := make([]file, 0, len(from))
	for _, one := range from {
		all = append(all, file{one.Name, one.Data})
	}
	return all
}

func dependenciesHelm3(from []*chart.Dependency) []dependency {
	all := make([]dependency, 0, len(from))
	for _, one := range from {
		all = append(all, dependency{Name: one.Name, Version: one.Version, Repository: one.Repository})
	}
	return all
}

func (c helm3Chart) processDependencies(values map[string]any) error {
	return chartutil.ProcessDependenciesWithMerge(c.chart, values)
}

func (c helm3Chart) scope(values map[string]any, options renderOptions) (map[string]any, error) {
	version, err := chartutil.ParseKubeVersion(options.kubeVersion)
	if err != nil {
		return nil, err
	}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	capabilities.HelmVersion.Version = options.helmVersion
	capabilities.APIVersions = slices.Concat(capabilities.APIVersions, options.apiVersions)
	release := chartutil.ReleaseOptions{Name: options.name, Namespace: options.namespace, Revision: 1, IsInstall: true}
	return chartutil.ToRenderValuesWithSchemaValidation(c.chart, values, release, capabilities, options.skipSchema)
}

func (c helm3Chart) render(scope map[string]any) (map[string]string, error) {
	return enginev3.Engine{}.Render(c.chart, scope)
}

func (c helm3Chart) crds() []file {
	var all []file
	for _, crd := range c.chart.CRDObjects() {
		all = append(all, file{crd.Filename, crd.File.Data})
	}
	return all
}

func sortHelm3(files map[string]string) ([]sorted, error) {
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	all := make([]sorted, 0, len(hooks)+len(manifests))
	for _, manifest := range manifests {
		all = append(all, sorted{path: manifest.Name, kind: manifest.Head.Kind, content: manifest.Content})
	}
	for _, found := range hooks {
		about := &hook{Events: texts(found.Events), Weight: found.Weight, DeletePolicies: texts(found.DeletePolicies)}
		all = append(all, sorted{path: found.Path, kind: found.Kind, content: found.Manifest, hook: about})
	}
	return all, nil
}
