package main

import (
	"runtime/debug"

	"helm.sh/helm/v4/pkg/chart/common"
)

// engine is what the packages of one major version of Helm do, and say, in a way of their own. What both do alike is taken
// from Helm 4 for either: `--set`, ignore rules, version ranges, release names.
type engine struct {
	// module is the path of the packages, whose version the build knows.
	module string
	// What is said in front of errors.
	onMissing, onName, onDependencies string
	// onLock ends what is said of a lock file that is out of sync.
	onLock string
	// kubeVersion is how a Kubernetes version is told.
	kubeVersion func(*common.KubeVersion) string
	// detect refuses a chart by its Chart.yaml, before anything is loaded.
	detect func(file string, contents map[string][]byte) error
	// parseValues reads one values file.
	parseValues func(data []byte) (map[string]any, error)
	// load makes a chart of its files, its subcharts in a fixed order.
	load func(files []file) (loadedChart, error)
	// sort splits rendered templates into documents, manifests in install order before hooks.
	sort func(files map[string]string) ([]sorted, error)
}

var engines = map[string]engine{"helm3": helm3, "helm4": helm4}

// loadedChart is a chart of either engine.
type loadedChart interface {
	// view is taken anew after processDependencies: it renames, copies and removes subcharts.
	view() *view
	processDependencies(values map[string]any) error
	// scope gives what templates see as their dot.
	scope(values map[string]any, options renderOptions) (map[string]any, error)
	render(scope map[string]any) (map[string]string, error)
	// crds are the files of crds/, of subcharts too, under Helm's names.
	crds() []file
}

// renderOptions are what a render depends on beside chart and values.
type renderOptions struct {
	name, namespace string
	kubeVersion     string
	apiVersions     []string
	helmVersion     string
	skipSchema      bool
}

// view is what we read of a chart. Files share the bytes of the request where they did not come out of an archive.
type view struct {
	name, version, fullPath string
	kind, apiVersion        string
	kubeVersion             string
	hasSchema               bool
	templates, files        []file
	children                []*view
	// wanted is what the chart depends on; locked what Chart.lock made of it, nil without one.
	wanted []dependency
	locked []dependency
	// lockDigest and hashed (the pair that it is the digest of) are those of Chart.lock.
	lockDigest string
	hashed     [2]any
	// metadata is Chart.yaml.
	metadata any
}

// file is a file of a chart, by its path below the chart.
type file struct {
	name string
	data []byte
}

// sorted is one document of a rendered template; hook is nil for manifests.
type sorted struct {
	path, kind, content string
	hook                *hook
}

// version is the release that the engine's packages are of, which Helm's releases state and its source does not.
func (e engine) version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == e.module {
			return module.Version
		}
	}
	return "v0.0.0"
}

func eachChart(current *view, visit func(*view)) {
	visit(current)
	for _, child := range current.children {
		eachChart(child, visit)
	}
}
