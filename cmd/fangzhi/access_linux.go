package main

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"fangzhi/archive"
	"fangzhi/archive/owner"
	"fangzhi/config"
)

// Entries of a POSIX access control list, as the extended attribute holds them
// (acl(5), linux/posix_acl_xattr.h).
const (
	aclVersion  = 2
	aclOwner    = 0x01
	aclGroup    = 0x04 // the file's own
	aclOneGroup = 0x08
	aclMask     = 0x10
	aclOthers   = 0x20
	aclNobody   = 0xFFFFFFFF // id of entries that need none
)

const (
	mayRead  = 4
	mayWrite = 2
	mayEnter = 1
)

// shareFiles gives the files of an archive to groups: one that writes, one that reads.
// New files inherit it. The signing key stays its owner's alone.
func shareFiles(dir string, access config.Access) error {
	s := sharing{operators: aclNobody, readers: aclNobody}
	for name, id := range map[string]*uint32{access.Operators: &s.operators, access.Readers: &s.readers} {
		if name == "" {
			continue
		}
		var err error
		if *id, err = groupID(name); err != nil {
			return err
		}
	}
	return s.walk(dir)
}

func groupID(name string) (uint32, error) {
	g, err := user.LookupGroup(name)
	if err != nil {
		return 0, &problem{code: exitConfig, err: err,
			what: words{fmt.Sprintf("there is no group %q on this machine, which [access] names", name), fmt.Sprintf("[access] 中的用户组 %q 在本机不存在", name)},
			hint: words{"`groupadd " + name + "` makes it", "用 `groupadd " + name + "` 建立"}}
	}
	id, err := strconv.ParseUint(g.Gid, 10, 32)
	return uint32(id), err
}

// A sharing is two groups by their ids, aclNobody for none.
type sharing struct{ operators, readers uint32 }

func (s sharing) walk(dir string) error {
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // since
			return nil
		case err != nil:
			return err
		case !d.IsDir() && !d.Type().IsRegular() || d.Name() == archive.KeyName:
			return nil
		}
		return s.share(name, d.IsDir(), false)
	})
	if err != nil {
		return fmt.Errorf("share the archive: %w", err)
	}
	if socket := socketOf(dir); socket != "" {
		return s.share(socket, false, true)
	}
	return nil
}

// socketOf is where the owner of an archive answers, "" if it is no socket.
func socketOf(dir string) string {
	b, err := os.ReadFile(filepath.Join(dir, owner.FileName))
	if err != nil {
		return ""
	}
	var m struct {
		Address string `json:"address"`
	}
	if json.Unmarshal(b, &m) != nil {
		return ""
	}
	path, ok := strings.CutPrefix(m.Address, "unix:")
	if _, err := os.Stat(path); !ok || err != nil {
		return ""
	}
	return path
}

// share gives one file to the groups, if it is ours to give. Who may ask must be able
// to write to a socket.
func (s sharing) share(name string, isDir, isSocket bool) error {
	var st unix.Stat_t
	if err := unix.Lstat(name, &st); err != nil || st.Uid != uint32(os.Geteuid()) && os.Geteuid() != 0 {
		return ignoreAbsent(err)
	}
	enter, ask := uint16(0), uint16(0)
	if isDir {
		enter = mayEnter
	}
	if isSocket {
		ask = mayWrite
	}
	list := s.list(enter, ask)
	err := unix.Setxattr(name, "system.posix_acl_access", list, 0)
	if err == nil && isDir {
		err = unix.Setxattr(name, "system.posix_acl_default", list, 0)
	}
	if errors.Is(err, syscall.ENOTSUP) {
		err = s.chown(name, isDir, isSocket)
	}
	if err != nil {
		return ignoreAbsent(&fs.PathError{Op: "share", Path: name, Err: err})
	}
	return nil
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// list is the access control list of a file; enter and ask are what a directory and a
// socket need besides.
func (s sharing) list(enter, ask uint16) []byte {
	type entry struct {
		tag, may uint16
		id       uint32
	}
	entries := []entry{
		{aclOwner, mayRead | mayWrite | enter, aclNobody},
		{aclGroup, mayRead | enter, aclNobody},
		{aclMask, mayRead | mayWrite | enter, aclNobody},
		{aclOthers, 0, aclNobody},
	}
	if s.operators != aclNobody {
		entries = append(entries, entry{aclOneGroup, mayRead | mayWrite | enter, s.operators})
	}
	if s.readers != aclNobody && s.readers != s.operators {
		entries = append(entries, entry{aclOneGroup, mayRead | enter | ask, s.readers})
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.tag, b.tag), cmp.Compare(a.id, b.id)) })
	b := binary.LittleEndian.AppendUint32(nil, aclVersion)
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint16(b, e.tag)
		b = binary.LittleEndian.AppendUint16(b, e.may)
		b = binary.LittleEndian.AppendUint32(b, e.id)
	}
	return b
}

// chown does with owners and modes what can be done on a file system without lists:
// one group has the files.
func (s sharing) chown(name string, isDir, isSocket bool) error {
	group, mode := s.operators, uint32(0o660)
	switch {
	case s.operators != aclNobody && s.readers != aclNobody:
		return fmt.Errorf("this file system has no access control lists, without which only one group can share it: %w", syscall.ENOTSUP)
	case s.operators == aclNobody && !isSocket:
		group, mode = s.readers, 0o640
	case s.operators == aclNobody:
		group = s.readers
	}
	if isDir { // new files are of the directory's group
		mode |= mode>>2&0o111 | unix.S_ISGID
	}
	if err := unix.Chown(name, -1, int(group)); err != nil {
		return err
	}
	return unix.Chmod(name, mode)
}
