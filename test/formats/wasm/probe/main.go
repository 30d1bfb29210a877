// Package main does what a test asks of a module: look at its world, grow, wait, break.
package main

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"time"
	"unsafe"
)

var held = map[uintptr][]byte{}

func hold(block []byte) uint32 {
	address := uintptr(unsafe.Pointer(unsafe.SliceData(block)))
	held[address] = block
	return uint32(address)
}

//go:wasmexport alloc
func alloc(size uint32) uint32 { return hold(make([]byte, max(size, 1))) }

//go:wasmexport release
func release(pointer uint32) { delete(held, uintptr(pointer)) }

//go:wasmexport call
func call(pointer uint32, size uint32) uint64 {
	request := held[uintptr(pointer)][:size]
	length := binary.LittleEndian.Uint32(request)
	var header struct{ Op string }
	if err := json.Unmarshal(request[4:4+length], &header); err != nil {
		panic(err)
	}
	response, _ := json.Marshal(answer(header.Op, request[4+length:]))
	return uint64(hold(response))<<32 | uint64(len(response))
}

func main() {}

func answer(op string, payload []byte) any {
	switch op {
	case "echo":
		return string(payload)
	case "held":
		return len(held)
	case "random", "much-random":
		bytes := make([]byte, map[string]int{"random": 12, "much-random": 4096}[op])
		rand.Read(bytes)
		return hex.EncodeToString(bytes)
	case "now":
		return time.Now().UTC().Format(time.RFC3339Nano)
	case "sleep":
		start := time.Now()
		time.Sleep(time.Hour)
		return time.Since(start) >= time.Hour
	case "world":
		_, read := os.ReadFile("/etc/passwd")
		_, dial := net.Dial("tcp", "127.0.0.1:80")
		return []any{len(os.Args), len(os.Environ()), read != nil, dial != nil}
	case "print":
		fmt.Fprintln(os.Stderr, "a warning")
		return nil
	case "panic":
		panic("the probe panics")
	case "exit":
		os.Exit(4)
	case "grow":
		var kept [][]byte
		for {
			kept = append(kept, make([]byte, 1<<20))
		}
	}
	return nil
}
