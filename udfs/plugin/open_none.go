//go:build !(plugins && cgo && (linux || darwin || freebsd))

package plugin

import "errors"

// Supported tells whether this program can load plugins.
const Supported = false

func open(string) (any, error) { return nil, errors.New("built without plugins") }
