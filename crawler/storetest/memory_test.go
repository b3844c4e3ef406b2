package storetest_test

import (
	"testing"
	"time"

	"fangzhi/crawler/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, now func() time.Time) (storetest.Store, func() storetest.Store) {
		m := storetest.NewMemory(now)
		return m, func() storetest.Store { return m }
	})
}
