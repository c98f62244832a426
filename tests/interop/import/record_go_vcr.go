// Records with go-vcr, as Debian has it: it writes format 1.
package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/dnaeon/go-vcr/recorder"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	base, folder, requests := os.Args[1], os.Args[2], os.Args[3]
	const name = "go-vcr"
	tape, err := recorder.New(folder + "/" + name)
	must(err)
	client := &http.Client{
		Transport: tape,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	list, err := os.ReadFile(requests)
	must(err)
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		words := strings.SplitN(line, " ", 3)
		var body io.Reader
		if len(words) == 3 {
			body = bytes.NewBufferString(words[2])
		}
		url := base + strings.Replace(words[1], "@", name, 1)
		request, err := http.NewRequest(words[0], url, body)
		must(err)
		if body != nil {
			request.Header.Set("Content-Type", "application/json")
		}
		response, err := client.Do(request)
		must(err)
		_, err = io.Copy(io.Discard, response.Body)
		must(err)
		must(response.Body.Close())
	}
	must(tape.Stop())
}
