// Package query is the language in which people search.
//
//	陶瓷 试验区              both, as substrings of title, text or attachments
//	"张 三"  “张三”          as it stands, with its operators and blanks
//	陶瓷 OR 瓷器  陶瓷|瓷器     either
//	-景德镇  NOT 景德镇        not
//	(陶瓷 | 瓷器) 出口         parentheses
//	陶瓷 NEAR 出口             at most 20 characters between; NEAR/5 for 5
//	title: body: attachment:   only there; in:attachment for all of its parentheses
//	source:新华社              the source that the page names, in part
//	docno:国发[2015]23号       the document's own number, in part; all brackets are equal
//	region:江西 region:3602    the region and all below it, by name or code
//	category:通知公告 site:jx   by name
//	published:2022-03..2022-04 days of publication; also 2022, 2022-03-31, 2022.., ..2022
//	captured:2024-01..         days in +08:00
//
// Operators and colons may be full-width. A sign is an operator only where it can be
// one: a minus at the beginning of a word, parentheses around whole words. What looks
// like a field but is none (会议：, http:) is text.
//
// Parse makes a small tree, whose String is a query for the same tree. Errors say at
// which character.
package query
