// Package main decides ValidatingAdmissionPolicies as the API server does, as a WebAssembly module: its CEL environment with
// its libraries and cost limits, its compiler with lazy variables, its defaults and its rule matching. It sees no disk,
// network or environment; between calls it keeps compiled policies only.
//
// One operation, "evaluate", with these texts (its files):
//
//	policies      list of ValidatingAdmissionPolicy and ValidatingAdmissionPolicyBinding objects
//	objects       list of {object, oldObject?, operation, group, version, kind, namespace, name, resource?}
//	namespaces    list of Namespace objects that are known (may be absent)
//
// The answer names what is wrong with a policy as a whole (policies: name, problem) and every decision that is not plain
// admission (decisions: object and policy as indexes, outcome denied, error or undecided). A policy without a binding counts
// as bound everywhere with the action Deny.
//
// Parameters, the authorizer and audit annotations are not evaluated here: the first make a policy unsupported, the second
// an error where it is asked, the last decide nothing.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"runtime/debug"

	"k8s.io/klog/v2"
)

// softLimitMB is where garbage is collected during a call.
const softLimitMB = 128

func init() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(softLimitMB << 20)
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	klog.InitFlags(flags)
	// A setting of klog's own flag set cannot fail.
	_ = flags.Set("stderrthreshold", "FATAL")
	_ = flags.Set("logtostderr", "false")
	klog.SetOutput(nothing{})
}

// nothing swallows the libraries' log: answers carry every error.
type nothing struct{}

func (nothing) Write(text []byte) (int, error) { return len(text), nil }

func main() {}

// answer runs one request and always gives JSON: a panic inside a library becomes an error of that request.
func answer(raw []byte) (response []byte) {
	defer func() {
		if fault := recover(); fault != nil {
			response = failure(fmt.Errorf("the cel module stopped: %v", fault))
		}
	}()
	req, err := readRequest(raw)
	if err != nil {
		return failure(err)
	}
	if req.Op != "evaluate" {
		return failure(fmt.Errorf("unknown operation %q", req.Op))
	}
	result, err := evaluate(req)
	if err != nil {
		return failure(err)
	}
	encoded, err := json.Marshal(result)
	if err != nil {
		return failure(err)
	}
	return encoded
}

func failure(err error) []byte {
	// A map of a bool and a string always encodes.
	encoded, _ := json.Marshal(map[string]any{"ok": false, "error": err.Error()})
	return encoded
}
