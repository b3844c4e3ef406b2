// Reads the WARC files of a folder with npm's warcio, which is not ours:
//
//   node warcio.mjs FOLDER-OF-NODE_MODULES CAPTURES RECORDS
//
// Every record must be read, RECORDS in all (warcio passes over damage without a word),
// and have the digests it says. Every line of an index (.cdxj) must be the one that
// warcio makes.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { strict as assert } from 'node:assert';

const [modules, captures, expected] = process.argv.slice(2);
const { WARCParser, CDXIndexer } = createRequire(join(modules, 'x.js'))('warcio');
const sha256 = bytes => 'sha256:' + createHash('sha256').update(bytes).digest('hex');
const stream = name => new Blob([readFileSync(join(captures, name))]).stream();

// unchunk takes the chunked coding off. warcio's payload of such a response still has
// it on; ours, by RFC 9110 and the standard's "with any transfer-encoding removed", not.
function unchunk(body) {
  const parts = [];
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at);
    const size = parseInt(body.subarray(at, end).toString('latin1'), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function checkDigests(record) {
  const header = name => record.warcHeaders.headers.get(name);
  const payload = Buffer.from(record.payload ?? []);
  if (record.warcType === 'response') {
    const digest = header('WARC-Payload-Digest');
    const chunked = /^chunked$/i.test(record.httpHeaders.headers.get('transfer-encoding') ?? '');
    assert.equal(sha256(chunked ? unchunk(payload) : payload), digest, record.warcTargetURI);
    if (chunked) assert.notEqual(sha256(payload), digest, 'warcio took the chunks off: say so no longer');
    return chunked;
  }
  if (['resource', 'metadata', 'warcinfo'].includes(record.warcType))
    assert.equal(sha256(payload), header('WARC-Block-Digest'), record.warcType + ' ' + record.warcTargetURI);
  return false;
}

let records = 0, chunked = 0, lines = 0;
for (const name of readdirSync(captures).filter(n => n.endsWith('.warc.gz')).sort()) {
  let last = -1;
  const parser = new WARCParser(stream(name));
  for await (const record of parser) {
    await record.readFully(false);
    assert.ok(parser.offset > last, `${name}: record at ${parser.offset} after ${last}`);
    last = parser.offset;
    records++;
    if (checkDigests(record)) chunked++;
  }
}
assert.equal(records, Number(expected), 'records read');

for (const name of readdirSync(captures).filter(n => n.endsWith('.cdxj')).sort()) {
  const text = readFileSync(join(captures, name), 'utf8');
  const ours = text.split('\n').slice(0, -1);
  assert.deepEqual(ours, ours.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))), name + ' is sorted');
  const theirs = new Map();
  const warc = name.replace(/\.cdxj$/, '.warc.gz');
  for await (const cdx of new CDXIndexer({ format: 'cdxj' }).iterRecords(new WARCParser(stream(warc)), warc))
    if (/^https?:/.test(cdx.url)) theirs.set(String(cdx.offset), cdx); // journals and names are no captures
  assert.equal(ours.length, theirs.size, name);
  for (const line of ours) {
    const [, key, time, json] = line.match(/^(\S+) (\d+) (.*)$/);
    const our = JSON.parse(json), their = theirs.get(our.offset);
    assert.ok(their, `${name}: no record at ${our.offset}`);
    assert.equal(key, their.urlkey, line);
    assert.equal(time, their.timestamp, line);
    assert.equal(our.digest, 'sha256:' + their.digest, line); // warcio leaves the algorithm out
    for (const field of ['url', 'length', 'method', 'requestBody'])
      assert.equal(String(our[field]), String(their[field]), `${field} of ${line}`);
    assert.equal(our.mime, their.mime?.split(';')[0].trim().toLowerCase() || undefined, line);
    // The status of a 304 is left out: with it ReplayWeb.page shows an empty page.
    assert.equal(our.status, String(their.status) === '304' ? undefined : String(their.status), line);
    lines++;
  }
}
console.log(`warcio: ${records} records read, ${chunked} of them chunked; ${lines} lines of indexes are its own`);
