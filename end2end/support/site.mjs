// A company's own web site, on an origin of its own: its help pages, and a page that carries the widget.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';

const root = join(import.meta.dirname, '../site');

/** Serves `end2end/site`; `/shop?widget=ADDRESS&channel=KEY` is a page under a strict content policy with the widget, `&language=` the one it names. */
export async function startSite() {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://site');
    if (url.pathname === '/shop') {
      const widget = new URL(url.searchParams.get('widget')).origin;
      const language = url.searchParams.get('language');
      response.setHeader('content-security-policy',
        `default-src 'none'; script-src ${widget}; connect-src ${widget}; frame-src ${widget}; img-src ${widget}; style-src 'self'`);
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return response.end(`<!doctype html><html lang="en"><head><title>Wolke Bikes</title><meta name="viewport" content="width=device-width">
        <script async src="${widget}/widget.js" data-channel="${url.searchParams.get('channel')}"${language ? ` data-language="${language}"` : ''}></script></head>
        <body><main><h1>Wolke Bikes</h1><p>Bicycles for every day.</p></main></body></html>`);
    }
    const path = normalize(url.pathname).replace(/\/$/, '/index.html');
    const content = await readFile(join(root, path)).catch(() => undefined);
    if (!content) return response.writeHead(404).end('no such page');
    const types = { html: 'text/html; charset=utf-8', txt: 'text/plain', xml: 'application/xml' };
    response.setHeader('content-type', types[path.split('.').pop()] ?? 'application/octet-stream');
    response.end(String(content).replaceAll('http://SITE', `http://${request.headers.host}`));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  // Another host name than the product's, so that origins and sites differ.
  return { url: `http://localhost:${server.address().port}`, stop: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }) };
}
