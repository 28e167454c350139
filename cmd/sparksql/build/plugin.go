package build

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"

	sparksql "sparksql"
	"sparksql/udfs/artifact"
	"sparksql/udfs/plugin"
)

// mainFolder is the folder of the generated package main within the copied module.
const mainFolder = "sparksql_main"

// Plugin builds the package in dir as a Go plugin for this program and writes it to out; with an empty out to NAME.so in
// the current folder. It returns the path. A plugin that does not fit in the end, because the package needs other versions of
// modules that the engine uses, is an error that names them.
func (t *Toolchain) Plugin(ctx context.Context, dir, out string) (string, error) {
	if !plugin.Supported {
		return "", errors.New("this program was built without plugins, which take cgo and the tag plugins: make build-plugins builds one that has them; 'udf build --wasm' and 'build --with' need none")
	}
	if t.setting("-trimpath") != "true" {
		return "", errors.New("this program was built without -trimpath, and plugins cannot be built to fit it: make build-plugins builds one that they fit")
	}
	c, err := t.copyPackage(ctx, dir)
	if err != nil {
		return "", err
	}
	defer c.remove()
	if out == "" {
		out = c.name + ".so"
	}
	if out, err = filepath.Abs(out); err != nil {
		return "", err
	}
	if err := c.writeMain(pluginMain(c.importPath)); err != nil {
		return "", err
	}
	args := append([]string{"build", "-buildmode=plugin"}, t.flags()...)
	cmd := t.command(ctx, c.dir, c.work, append(args, "-o", out, "./"+mainFolder)...)
	cmd.Env = append(cmd.Env, "CGO_ENABLED=1")
	if err := c.run(cmd); err != nil {
		return "", err
	}
	return out, fits(out)
}

// fits compares what was built with this program.
func fits(out string) error {
	f, err := artifact.Read(artifact.Plugin, out, nil)
	if err != nil {
		return err
	}
	diffs, err := plugin.Check(f, sparksql.SourceID())
	if err != nil || len(diffs) == 0 {
		return err
	}
	text := out + " was built, but does not fit this program:\n"
	for _, d := range diffs {
		text += "  " + d.String() + "\n"
	}
	return errors.New(text + "Require the versions that are here in the package's go.mod, or compile the package in: sparksql build --with")
}

// pluginModule is the path under which a module is built: another one for each content. The runtime loads a package once for
// each path, so that a changed plugin can only be loaded beside the old one under another.
func pluginModule(content, module string) string {
	return plugin.Path(sparksql.SourceID(), content, module)
}

// writeMain writes the generated package main.
func (c *copied) writeMain(text string) error {
	return writeFile(filepath.Join(c.dir, mainFolder, "main.go"), []byte(text))
}

// subPath is the import path of a package of module from, were the module called to.
func subPath(pkg, from, to string) string {
	if pkg == from {
		return to
	}
	return path.Join(to, pkg[len(from)+1:])
}

// within tells whether a package belongs to a module's tree.
func within(pkg, module string) bool {
	return pkg == module || len(pkg) > len(module) && pkg[:len(module)] == module && pkg[len(module)] == '/'
}

func (c *copied) remove() { os.RemoveAll(c.tmp) }

// shorten puts the user's own folder in the place of the copy's in what the compiler prints.
func (c *copied) shorten(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte(c.dir+string(filepath.Separator)), []byte(c.origin+string(filepath.Separator)))
	return bytes.ReplaceAll(text, []byte(c.module), []byte(c.from))
}
