package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	enginev4 "helm.sh/helm/v4/pkg/engine"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"sigs.k8s.io/yaml"
)

var helm4 = engine{
	module:         "helm.sh/helm/v4",
	onMissing:      "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: ",
	onName:         "release name check failed: ",
	onDependencies: "chart dependencies processing failed: ",
	onLock:         " with 'helm dependency update'",
	kubeVersion:    func(version *common.KubeVersion) string { return version.Version },
	detect:         detectVersion,
	parseValues:    func(data []byte) (map[string]any, error) { return loader.LoadValues(bytes.NewReader(data)) },
	load:           loadHelm4,
	sort:           sortHelm4,
}

func init() {
	archive.MaxDecompressedChartSize = maxArchive
}

func detectVersion(name string, contents map[string][]byte) error {
	data, found := contents[name]
	if !found {
		return fmt.Errorf("unable to detect chart at %s: file does not exist", name)
	}
	var base struct {
		APIVersion string `json:"apiVersion"`
	}
	if err := yaml.Unmarshal(data, &base); err != nil {
		return fmt.Errorf("cannot load Chart.yaml: %w", err)
	}
	switch base.APIVersion {
	case "", chart.APIVersionV1, chart.APIVersionV2:
		return nil
	case "v3":
		return errors.New("invalid chart apiVersion")
	default:
		return errors.New("unsupported chart version")
	}
}

type helm4Chart struct{ chart *chart.Chart }

func loadHelm4(files []file) (loadedChart, error) {
	buffered := make([]*archive.BufferedFile, 0, len(files))
	for _, from := range files {
		buffered = append(buffered, &archive.BufferedFile{Name: from.name, Data: from.data})
	}
	loaded, err := loader.LoadFiles(buffered)
	if err != nil {
		return nil, err
	}
	sortDependencies(loaded, func(child *chart.Chart) string { return child.Metadata.Version })
	return helm4Chart{loaded}, nil
}

func (c helm4Chart) view() *view { return viewHelm4(c.chart) }

func viewHelm4(from *chart.Chart) *view {
	seen := &view{
		name: from.Name(), version: from.Metadata.Version, fullPath: from.ChartFullPath(),
		kind: from.Metadata.Type, apiVersion: from.Metadata.APIVersion, kubeVersion: from.Metadata.KubeVersion,
		hasSchema: from.Schema != nil, metadata: from.Metadata,
		templates: filesHelm4(from.Templates), files: filesHelm4(from.Files), wanted: dependenciesHelm4(from.Metadata.Dependencies),
	}
	if from.Lock != nil {
		seen.locked, seen.lockDigest = dependenciesHelm4(from.Lock.Dependencies), from.Lock.Digest
		seen.hashed = [2]any{from.Metadata.Dependencies, from.Lock.Dependencies}
	}
	for _, child := range from.Dependencies() {
		seen.children = append(seen.children, viewHelm4(child))
	}
	return seen
}

func filesHelm4(from []*common.File) []file {
	all := make([]file, 0, len(from))
	for _, one := range from {
		all = append(all, file{one.Name, one.Data})
	}
	return all
}

func dependenciesHelm4(from []*chart.Dependency) []dependency {
	all := make([]dependency, 0, len(from))
	for _, one := range from {
		all = append(all, dependency{Name: one.Name, Version: one.Version, Repository: one.Repository})
	}
	return all
}

func (c helm4Chart) processDependencies(values map[string]any) error {
	return chartutil.ProcessDependencies(c.chart, values)
}

func (c helm4Chart) scope(values map[string]any, options renderOptions) (map[string]any, error) {
	version, err := common.ParseKubeVersion(options.kubeVersion)
	if err != nil {
		return nil, err
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	capabilities.HelmVersion.Version = options.helmVersion
	capabilities.APIVersions = slices.Concat(capabilities.APIVersions, options.apiVersions)
	release := common.ReleaseOptions{Name: options.name, Namespace: options.namespace, Revision: 1, IsInstall: true}
	return util.ToRenderValuesWithSchemaValidation(c.chart, values, release, capabilities, options.skipSchema)
}

func (c helm4Chart) render(scope map[string]any) (map[string]string, error) {
	return enginev4.Engine{}.RenderWithContext(context.Background(), c.chart, scope)
}

func (c helm4Chart) crds() []file {
	var all []file
	for _, crd := range c.chart.CRDObjects() {
		all = append(all, file{crd.Filename, crd.File.Data})
	}
	return all
}

func sortHelm4(files map[string]string) ([]sorted, error) {
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
