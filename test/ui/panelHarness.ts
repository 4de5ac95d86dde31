import { createServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { panelHtml } from '../../src/host/panel/panelHtml';
import { serve, type Wire } from '../../src/shared/rpc';
import { themeScript, type ThemeName } from '../support/themes';
import { answerOf, type Deed } from '../support/panelWorld';
import type { PanelApi, PanelQuery } from '../../src/shared/protocol';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The built page, served under the policy of the real panel, and a browser to open it in. */
export interface PanelHarness {
  open(options?: OpenOptions): Promise<OpenPanel>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly deeds?: readonly Deed[];
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly api?: Partial<PanelApi>;
}

/** A page and what the host of the real panel would see and do. */
export interface OpenPanel {
  readonly page: Page;
  /** Everything asked of the host, in order. */
  readonly calls: { readonly method: string; readonly args: readonly unknown[] }[];
  /** Errors of the page and of the console, breaches of the policy included. */
  readonly problems: string[];
  deeds: readonly Deed[];
  tell(name: 'changed' | 'filterRequested'): Promise<void>;
  dress(theme: ThemeName): Promise<void>;
}

export async function startPanelHarness(): Promise<PanelHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'trace-ledger-panel-'));
  await build({
    entryPoints: { webview: 'webview/main.ts' },
    outdir: folder,
    bundle: true,
    keepNames: true,
    target: 'es2022',
    platform: 'browser',
    format: 'iife',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
    logLevel: 'warning',
  });
  const server = await listen(folder);
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: flags,
  });
  return {
    open: (options = {}) => openPanel(browser, origin, options),
    async close() {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

const kinds: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', ttf: 'font/ttf' };

async function listen(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://local').pathname.slice(1);
    if (name === '') {
      const origin = `http://${request.headers.host}`;
      const script = `${origin}/webview.js`;
      const style = `${origin}/webview.css`;
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(panelHtml({ cspSource: origin, nonce: 'bm9uY2U', script, style, language: 'en' }));
      return;
    }
    void readFile(join(folder, name)).then(
      (content) => {
        response.setHeader('content-type', kinds[name.split('.').pop() ?? ''] ?? 'text/plain');
        response.end(content);
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The webview's half of VS Code: messages to the host, and a state that a reload does not lose. */
const vscodeApi = `
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => void window.toHost(JSON.stringify(message)),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
  });
  addEventListener('securitypolicyviolation', (event) =>
    console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));`;

async function openPanel(browser: Browser, origin: string, options: OpenOptions): Promise<OpenPanel> {
  const { width = 1280, height = 800, theme = 'dark' } = options;
  const page = await browser.newPage({ viewport: { width, height }, timezoneId: 'UTC', locale: 'en-US' });
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));

  const opened: OpenPanel = {
    page,
    calls: [],
    problems,
    deeds: options.deeds ?? [],
    tell: (name) => toPage({ kind: 'event', name, payload: {} }),
    dress: (to) => page.evaluate(themeScript(to)),
  };
  const toPage = async (message: Wire) => {
    await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`).catch(() => undefined);
  };
  const done = async () => undefined;
  const answer = serve<PanelApi>(
    {
      ask: async (query: PanelQuery) => answerOf(opened.deeds, query),
      requestedFilter: done,
      openSession: done,
      editNote: done,
      setCostMode: async () => true,
      enable: done,
      importFiles: done,
      loadSampleData: done,
      exportData: done,
      explainCost: done,
      whatIf: done,
      ...options.api,
    },
    (message) => void toPage(message),
  );
  await page.exposeFunction('toHost', (text: string) => {
    const message = JSON.parse(text) as Wire;
    if (message.kind === 'call') opened.calls.push({ method: message.method, args: message.args });
    return answer(message);
  });
  await page.addInitScript(vscodeApi);
  await page.addInitScript(`addEventListener('DOMContentLoaded', () => { ${themeScript(theme)} });`);
  await page.goto(`${origin}/`);
  return opened;
}
