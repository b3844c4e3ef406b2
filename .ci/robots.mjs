// Asks npm's robots-parser, which is not ours, the questions of
// crawler/robots/testdata/cases.txtar, as JSON on standard input:
//
//   node robots.mjs FOLDER-WITH-NODE_MODULES < QUESTIONS
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const robotsParser = createRequire(join(process.argv[2], 'x.js'))('robots-parser');
const host = 'http://www.zgw123.cn';
const answer = q => robotsParser(host + '/robots.txt', q.file).isAllowed(host + q.path, q.agent);
console.log(JSON.stringify(JSON.parse(readFileSync(0)).map(answer)));
