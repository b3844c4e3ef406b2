package parser

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAmounts(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []Amount
	}{
		{"总投资1.2亿元，其中财政资金300多万元", []Amount{{"1.2亿元", 1.2e8, "CNY"}, {"300多万元", 3e6, "CNY"}}},
		{"中标价：人民币1,250,000.50元", []Amount{{"1,250,000.50元", 1250000.5, "CNY"}}},
		{"出口2600多亿美元，约合１２英镑，港币不计", []Amount{{"2600多亿美元", 2.6e11, "USD"}, {"１２英镑", 12, "GBP"}}},
		{"2024元旦放假，第3单元，百元大钞", nil},
		{"每人5元钱", []Amount{{"5元", 5, "CNY"}}},
	} {
		if diff := cmp.Diff(tt.want, amounts(tt.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.in, diff)
		}
	}
}
