// Command fangzhi crawls Chinese government portals into an archive, and searches
// and exports what it holds.
//
// main makes a context and calls run; nothing else ends the process. There is one
// file per command, each with the same four parts: its help, its options, its
// flags, and a function that reads as the recipe. Around them stand
//
//	root.go      the tree of commands and the global flags
//	exit.go      the one table from errors to exit codes
//	lang.go      English and Chinese
//	help.go      how help is laid out
//	printer.go   answers on standard output: text or JSON, chosen once
//	progress.go  what a crawl says on standard error while it runs
//	archive.go   opening the archive, as its owner or by asking who is
//	sites.go     the configuration, and what the crawler is told of it
//	run.go       one crawl, from its options to what came of it
//	select.go    the flags that select documents
//	output.go    files that appear whole or not at all
//
// testdata has the commands as typed: one script a question, which is its first line.
//
// Standard output is the answer, standard error the conversation. The package only
// wires: what is worth testing alone lives in config, crawler, parser and archive.
package main
