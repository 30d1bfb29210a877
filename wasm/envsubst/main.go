// Package main is Flux's substitution of variables as a WebAssembly module: objects and variables in, objects out.
package main

import (
	"encoding/json"
	"fmt"
)

func main() {}

type response struct {
	OK      bool     `json:"ok"`
	Results []result `json:"results"`
}

// result is what became of one object.
type result struct {
	Object json.RawMessage `json:"object,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// answer runs one request and always gives JSON: a panic inside a library becomes an error of its object or of the request.
func answer(request []byte) (encoded []byte) {
	defer func() {
		if fault := recover(); fault != nil {
			encoded = failure(fmt.Errorf("envsubst stopped: %v", fault))
		}
	}()
	head, objects, err := readRequest(request)
	if err != nil {
		return failure(err)
	}
	results := make([]result, 0, len(objects))
	for _, object := range objects {
		changed, err := substitute(object, head)
		if err != nil {
			results = append(results, result{Error: err.Error()})
			continue
		}
		results = append(results, result{Object: changed})
	}
	encoded, err = json.Marshal(response{OK: true, Results: results})
	if err != nil {
		return failure(err)
	}
	return encoded
}

func failure(err error) []byte {
	encoded, _ := json.Marshal(map[string]any{"ok": false, "error": err.Error()})
	return encoded
}
