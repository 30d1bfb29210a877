package main

import (
	"encoding/json"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// tree is where the repository lives in the in-memory file system; plainPaths takes it out of messages again.
const tree = "/repository"

var defaultSchema = openapi.GetSchemaVersion()

type builtResponse struct {
	OK        bool              `json:"ok"`
	Resources []json.RawMessage `json:"resources"`
	// Charts have to be rendered first; nothing else was built then.
	Charts []chartRequest `json:"charts"`
}

// build renders one kustomization as `kustomize build` does, with files read from their kustomization's folder only unless told else.
func build(head *header, files []file) (*builtResponse, error) {
	disk, err := place(files)
	if err != nil {
		return nil, err
	}
	// A custom schema is global in kyaml and would answer for the next render too.
	defer func() {
		if openapi.GetSchemaVersion() != defaultSchema {
			openapi.ResetOpenAPI()
		}
	}()
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	if head.ReadsOutside {
		options.LoadRestrictions = types.LoadRestrictionsNone
	}
	options.PluginConfig.HelmConfig = types.HelmConfig{
		Enabled: true, Command: "helm", KubeVersion: head.KubeVersion, ApiVersions: head.APIVersions,
	}
	current = &inflation{disk: disk, printed: head.Printed}
	made, err := krusty.MakeKustomizer(options).Run(disk, path.Join(tree, head.Path))
	if len(current.wanted) > 0 {
		// A patch may fail for want of what a chart would give, so that an error says nothing yet.
		return &builtResponse{Charts: current.wanted}, nil
	}
	if err != nil {
		return nil, err
	}
	response := &builtResponse{OK: true, Resources: make([]json.RawMessage, 0, made.Size())}
	for _, resource := range made.Resources() {
		object, err := resource.MarshalJSON()
		if err != nil {
			return nil, err
		}
		response.Resources = append(response.Resources, object)
	}
	return response, nil
}

func place(files []file) (filesys.FileSystem, error) {
	disk := filesys.MakeFsInMemory()
	if err := disk.MkdirAll(tree); err != nil {
		return nil, err
	}
	for _, entry := range files {
		if err := disk.WriteFile(path.Join(tree, entry.path), entry.content); err != nil {
			return nil, err
		}
	}
	return disk, nil
}

func plainPaths(message string) string {
	return strings.ReplaceAll(strings.ReplaceAll(message, tree+"/", ""), tree, ".")
}
