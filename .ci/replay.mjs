// Replays pages of a WARC or WACZ file in ReplayWeb.page, in a real browser:
//
//   node replay.mjs PEERS FILE URL TIME TEXT [URL TIME TEXT…]
//
// PEERS has node_modules/playwright-core, and package/ of npm's replaywebpage. Each URL
// at its TIME (14 digits) must show a heading h1 with the TEXT. ReplayWeb.page says
// nothing when it finds a page empty or not at all: only the text tells.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { strict as assert } from 'node:assert';

const [peers, file, ...cases] = process.argv.slice(2);
const { chromium } = createRequire(join(peers, 'x.js'))('playwright-core');
const types = { '.js': 'text/javascript', '.html': 'text/html' };
const files = {
  '/ui.js': join(peers, 'package/ui.js'),
  '/replay/sw.js': join(peers, 'package/sw.js'),
  ['/' + basename(file)]: file,
};

// embed is a page that shows one page of the file.
const embed = query => `<!doctype html><meta charset=utf-8><script src="/ui.js"></script>
  <replay-web-page source="/${basename(file)}" url="${query.get('url')}" ts="${query.get('ts')}" embed="replayonly"
  replaybase="/replay/" style="height:100vh;display:block"></replay-web-page>`;

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
  if (pathname === '/') return response.setHeader('Content-Type', 'text/html').end(embed(searchParams));
  if (!existsSync(files[pathname] ?? '')) return response.writeHead(404).end();
  const body = readFileSync(files[pathname]);
  response.setHeader('Content-Type', types[pathname.slice(pathname.lastIndexOf('.'))] ?? 'application/octet-stream');
  response.setHeader('Accept-Ranges', 'bytes');
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined) return response.setHeader('Content-Length', body.length).end(request.method === 'HEAD' ? '' : body);
  const from = first === '' ? Math.max(body.length - last, 0) : Number(first);
  const to = first === '' || last === '' ? body.length - 1 : Math.min(Number(last), body.length - 1);
  response.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/${body.length}` }).end(body.subarray(from, to + 1));
});
await new Promise(listening => server.listen(0, '127.0.0.1', listening));
const home = `http://127.0.0.1:${server.address().port}/`;

// Nothing but this machine is to be reached. A profile of its own each time: the service
// worker would keep the file.
const options = {
  executablePath: '/usr/bin/chromium', headless: true,
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
};

async function heading(url, time) {
  const profile = mkdtempSync(join(tmpdir(), 'replay-'));
  const browser = await chromium.launchPersistentContext(profile, options);
  try {
    const page = browser.pages()[0];
    await page.goto(`${home}?url=${encodeURIComponent(url)}&ts=${time}`);
    const shown = page.frameLocator('replay-web-page iframe').frameLocator('iframe[name="___wb_replay_top_frame"]').locator('h1');
    await shown.waitFor({ timeout: 30000 });
    return await shown.innerText();
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

for (let i = 0; i < cases.length; i += 3) {
  const [url, time, text] = cases.slice(i);
  assert.equal(await heading(url, time), text, `${url} at ${time}`);
  console.log(`ReplayWeb.page: ${url} at ${time} shows ${text}`);
}
server.close();
