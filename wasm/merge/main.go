// Package main is the API server's own code for fields as a WebAssembly module: decoding, defaulting, server-side apply,
// managed fields and validation of objects. It sees no disk, network or environment and keeps no state between calls.
//
// A request names an operation, a kind (group, version, kind) and texts (its files). Objects come back as JSON texts within
// the answer, so that the host reads their numbers exactly. Any request may carry a CustomResourceDefinition as text "crd":
// then the kind's schema is that definition's.
//
//	write         body, live?      -> object, created, changed, warnings, or status: what the API server would answer
//	apply         applied, live?   -> object, managedFields, conflicts: server-side apply without defaults or validation
//	update        live, new        -> object, managedFields
//	validate      object           -> errors: path and message of unknown fields, wrong types, duplicate keys
//	compare       a, b             -> added, removed, modified: FieldsV1
//	toFieldSet    object           -> fields: FieldsV1 of all the object says
//	fromFieldsV1  fields           -> paths, as the server's messages spell them
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"runtime/debug"

	"k8s.io/klog/v2"
)

// Garbage is collected only near the limit: reading the merge schema makes much of it once, and calls are short.
const (
	gcPercent   = -1
	softLimitMB = 96
)

func init() {
	debug.SetGCPercent(gcPercent)
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

var operations = map[string]func(*request) (any, error){
	"write":        write,
	"apply":        applyFields,
	"update":       updateFields,
	"validate":     validateFields,
	"compare":      compareFields,
	"toFieldSet":   toFieldSet,
	"fromFieldsV1": fromFieldsV1,
}

// answer runs one request and always gives JSON: a panic inside a library becomes an error of that request.
func answer(raw []byte) (response []byte) {
	defer func() {
		if fault := recover(); fault != nil {
			response = failure(fmt.Errorf("the merge module stopped: %v", fault))
		}
	}()
	req, err := readRequest(raw)
	if err != nil {
		return failure(err)
	}
	operation, known := operations[req.Op]
	if !known {
		return failure(fmt.Errorf("unknown operation %q", req.Op))
	}
	result, err := operation(req)
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
