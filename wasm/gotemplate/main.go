// Package main is the Go templates of Argo CD's ApplicationSets as a WebAssembly module: texts and parameters in, texts
// out. It sees no disk, network or environment.
package main

import (
	"encoding/json"
	"fmt"
)

func main() {}

type request struct {
	// Options as text/template names them, such as `missingkey=error`.
	Options   []string         `json:"options"`
	Templates []string         `json:"templates"`
	Params    []map[string]any `json:"params"`
	// MaxBytes is how much all results together may take.
	MaxBytes int `json:"maxBytes"`
}

type result struct {
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`
}

type response struct {
	OK bool `json:"ok"`
	// Results has a list for each set of parameters, with one result for each template.
	Results [][]result `json:"results"`
}

// answer runs one request and always gives JSON: a panic inside the libraries becomes an error of that request.
func answer(bytes []byte) (encoded []byte) {
	defer func() {
		if fault := recover(); fault != nil {
			encoded = failure(fmt.Errorf("%v", fault))
		}
	}()
	header, err := headerOf(bytes)
	if err != nil {
		return failure(err)
	}
	var asked request
	if err := json.Unmarshal(header, &asked); err != nil {
		return failure(err)
	}
	encoded, err = json.Marshal(response{OK: true, Results: render(asked)})
	if err != nil {
		return failure(err)
	}
	return encoded
}

func failure(err error) []byte {
	encoded, _ := json.Marshal(map[string]any{"ok": false, "error": err.Error()})
	return encoded
}
