//go:build plugins && cgo && (linux || darwin || freebsd)

package plugin

import "plugin"

// Supported tells whether this program can load plugins.
const Supported = true

// open loads a shared object and finds its functions.
func open(path string) (any, error) {
	p, err := plugin.Open(path)
	if err != nil {
		return nil, err
	}
	return p.Lookup(Symbol)
}
