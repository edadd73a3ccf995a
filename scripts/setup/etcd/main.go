// Command etcd is the unchanged etcd server. This wrapper module exists because `go install` refuses
// etcd's own module for its replace lines; go.sum pins every module by hash.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
