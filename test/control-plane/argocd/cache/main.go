// Command cache speaks Redis for the Argo CD of tests, where no redis-server is installed: an address in, keys in memory.
package main

import (
	"log"
	"os"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func main() {
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(os.Args[1]); err != nil {
		log.Fatal(err)
	}
	// Keys run out only when its clock is moved.
	for range time.Tick(time.Second) {
		server.FastForward(time.Second)
	}
}
