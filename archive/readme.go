package archive

import (
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"fangzhi/archive/disk"
)

//go:embed readme.txt
var readme []byte

// writeReadme leaves a word for whoever finds the folder without this program.
func writeReadme(dir string) error {
	name := filepath.Join(dir, ReadmeName)
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return disk.WriteFile(name, readme, 0o640)
}
