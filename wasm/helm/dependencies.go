package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
)

// checkDependencies refuses a chart whose charts/ lacks what it depends on, and says what would have to be taken from where:
// by Chart.lock where there is one, as `helm dependency build` does.
func checkDependencies(helm engine, loaded *view, root string) error {
	var names []string
	var missing []dependency
	for _, wanted := range loaded.wanted {
		vendored := slices.ContainsFunc(loaded.children, func(child *view) bool { return child.name == wanted.Name })
		if vendored {
			continue
		}
		names = append(names, wanted.Name)
		wanted.File = path.Join(root, dependencyFile(loaded, ".yaml"))
		missing = append(missing, lock(wanted, loaded.locked))
	}
	if len(missing) == 0 {
		return nil
	}
	if err := checkLock(helm, loaded); err != nil {
		return &fault{cause: err, kind: "chart", file: path.Join(root, dependencyFile(loaded, ".lock"))}
	}
	err := fmt.Errorf("%sfound in Chart.yaml, but missing in charts/ directory: %s", helm.onMissing, strings.Join(names, ", "))
	return &fault{cause: err, kind: "dependency", file: path.Join(root, "Chart.yaml"), missing: missing}
}

// dependencyFile is where a chart's format keeps its dependencies.
func dependencyFile(loaded *view, extension string) string {
	if loaded.apiVersion == chart.APIVersionV1 {
		return "requirements" + extension
	}
	return "Chart" + extension
}

// lock gives the version that the lock file names for a dependency. One name may be there several times, in the order of
// Chart.yaml, so that of an equal repository and a version in range is taken.
func lock(wanted dependency, locked []dependency) dependency {
	for _, known := range locked {
		if known.Name == wanted.Name && known.Repository == wanted.Repository && chartutil.IsCompatibleRange(wanted.Version, known.Version) {
			wanted.Version, wanted.Locked = known.Version, true
			return wanted
		}
	}
	return wanted
}

// checkLock holds the lock file to the dependencies it was made of (Helm's downloader.Manager.Build, resolver.HashReq).
func checkLock(helm engine, loaded *view) error {
	if loaded.lockDigest == "" && loaded.locked == nil {
		return nil
	}
	if digestOf(loaded.hashed) == loaded.lockDigest {
		return nil
	}
	if loaded.apiVersion != chart.APIVersionV1 {
		return errors.New("the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies" + helm.onLock)
	}
	// Helm 2 made another sum.
	if digestOf(map[string]any{"dependencies": loaded.hashed[0]}) == loaded.lockDigest {
		return nil
	}
	return errors.New("the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). Please update the dependencies")
}

func digestOf(hashed any) string {
	encoded, err := json.Marshal(hashed)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(encoded)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// checkLocalVersions holds a chart taken from elsewhere to the version asked for, as `helm dependency build` does.
func checkLocalVersions(local []localChart, loaded *view, file string) error {
	for _, wanted := range loaded.wanted {
		isLocal := slices.ContainsFunc(local, func(child localChart) bool { return child.Name == wanted.Name })
		fits := slices.ContainsFunc(loaded.children, func(child *view) bool {
			return child.name == wanted.Name && chartutil.IsCompatibleRange(wanted.Version, child.version)
		})
		if isLocal && !fits {
			return &fault{cause: fmt.Errorf("can't get a valid version for dependency %s", wanted.Name), kind: "chart", file: file}
		}
	}
	return nil
}
