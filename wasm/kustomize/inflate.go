package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	_ "unsafe" // For linkname.

	"sigs.k8s.io/kustomize/api/builtins"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/yaml"
)

// chartRequest is a `helm template` that kustomize would run (types.HelmChart.AsHelmArgs). The host runs it and builds again.
type chartRequest struct {
	// Key names the request in the next build.
	Key          string `json:"key"`
	Path         string `json:"path"`
	ReleaseName  string `json:"releaseName"`
	NameTemplate string `json:"nameTemplate"`
	Namespace    string `json:"namespace"`
	// Values are the texts of the values files, in order.
	Values      []string `json:"values"`
	KubeVersion string   `json:"kubeVersion"`
	APIVersions []string `json:"apiVersions"`
	IncludeCRDs bool     `json:"includeCrds"`
	SkipTests   bool     `json:"skipTests"`
	SkipHooks   bool     `json:"skipHooks"`
}

// inflation is what one build knows and asks of charts.
type inflation struct {
	disk filesys.FileSystem
	// printed is what helm printed, by key.
	printed map[string]string
	wanted  []chartRequest
}

// current is the inflation of the build that runs; one runs at a time.
var current *inflation

// kustomize makes its own generators with these; there is no other way to put one in the place of another.
//
//go:linkname generatorFactories sigs.k8s.io/kustomize/api/internal/plugins/builtinhelpers.GeneratorFactories
var generatorFactories map[int]func() resmap.GeneratorPlugin

func init() {
	for kind, make := range generatorFactories {
		if _, isHelm := make().(*original); isHelm {
			generatorFactories[kind] = func() resmap.GeneratorPlugin { return &inflator{} }
			return
		}
	}
	panic("kustomize has no generator of Helm charts to replace")
}

// original is kustomize's own generator, which starts a helm process with files of a temporary folder.
type original = builtins.HelmChartInflationGeneratorPlugin

// The steps of it that start and write nothing.
//
//go:linkname absChartHome sigs.k8s.io/kustomize/api/internal/builtins.(*HelmChartInflationGeneratorPlugin).absChartHome
func absChartHome(*original) string

//go:linkname replaceValuesInline sigs.k8s.io/kustomize/api/internal/builtins.(*HelmChartInflationGeneratorPlugin).replaceValuesInline
func replaceValuesInline(*original) error

//go:linkname markGenerated sigs.k8s.io/kustomize/api/internal/builtins.(*HelmChartInflationGeneratorPlugin).markHelmGeneratedResources
func markGenerated(*original, resmap.ResMap) error

// inflator does what kustomize's generator does, with what the host rendered in place of a helm process.
type inflator struct {
	original
	helpers *resmap.PluginHelpers
}

func (p *inflator) Config(helpers *resmap.PluginHelpers, config []byte) error {
	p.helpers = helpers
	// Without one the generator makes a temporary folder.
	p.ConfigHome = "/unused"
	return p.original.Config(helpers, config)
}

func (p *inflator) Generate() (resmap.ResMap, error) {
	chart := path.Join(absChartHome(&p.original), p.Name)
	if !current.disk.IsDir(chart) {
		return nil, fmt.Errorf("no repo specified for pull, no chart found at '%s'", chart)
	}
	values, err := p.values()
	if err != nil {
		return nil, err
	}
	request := chartRequest{
		Path: strings.TrimPrefix(strings.TrimPrefix(chart, tree), "/"), ReleaseName: p.ReleaseName, NameTemplate: p.NameTemplate,
		Namespace: p.Namespace, Values: values, KubeVersion: p.KubeVersion, APIVersions: p.ApiVersions,
		IncludeCRDs: p.IncludeCRDs, SkipTests: p.SkipTests, SkipHooks: p.SkipHooks,
	}
	if request.Key, err = keyOf(request); err != nil {
		return nil, err
	}
	printed, known := current.printed[request.Key]
	if !known {
		current.wanted = append(current.wanted, request)
		return resmap.New(), nil
	}
	return p.read([]byte(printed))
}

// values gives the texts of the values files as they are handed to helm.
func (p *inflator) values() ([]string, error) {
	first, err := p.firstValues()
	if err != nil {
		return nil, err
	}
	all := []string{string(first)}
	for _, name := range p.AdditionalValuesFiles {
		more, err := current.disk.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, string(more))
	}
	return all, nil
}

func (p *inflator) firstValues() ([]byte, error) {
	if len(p.ValuesInline) == 0 {
		return p.helpers.Loader().Load(p.ValuesFile)
	}
	if p.ValuesMerge != "replace" {
		if err := replaceValuesInline(&p.original); err != nil {
			return nil, err
		}
	}
	return yaml.Marshal(p.ValuesInline)
}

// read makes resources of what helm printed; what it prints before the first document is left out.
func (p *inflator) read(printed []byte) (resmap.ResMap, error) {
	made, err := p.helpers.ResmapFactory().NewResMapFromBytes(printed)
	if err == nil {
		return made, markGenerated(&p.original, made)
	}
	reader := &kio.ByteReader{Reader: bytes.NewBuffer(printed), OmitReaderAnnotations: true}
	nodes, readErr := reader.Read()
	if readErr != nil {
		return nil, fmt.Errorf("error reading helm output: %w", readErr)
	}
	if len(nodes) == 0 {
		return nil, fmt.Errorf("could not parse bytes into resource map: %w", err)
	}
	if made, err = p.helpers.ResmapFactory().NewResMapFromRNodeSlice(nodes); err != nil {
		return nil, fmt.Errorf("could not parse rnode slice into resource map: %w", err)
	}
	return made, markGenerated(&p.original, made)
}

func keyOf(request chartRequest) (string, error) {
	encoded, err := json.Marshal(request)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:]), nil
}
