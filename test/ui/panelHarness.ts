import { createServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { panelHtml } from '../../src/host/panel/panelHtml';
import { serve, type Wire } from '../../src/shared/rpc';
import { themeNames, themeScript, type ThemeName } from '../support/themes';
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
  /** In place of the panel that was open before. */
  open(options?: OpenOptions): Promise<OpenPanel>;
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

let started: Promise<Started> | undefined;

/** The harness of all suites: what it builds and starts is the same for each. It ends after the last of them. */
export const panelHarness = (): Promise<PanelHarness> => (started ??= start());

after(async () => {
  await (await started)?.close();
});

type Started = PanelHarness & { close(): Promise<void> };

async function start(): Promise<Started> {
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
  const tab = await Tab.open(browser, origin);
  return {
    open: (options = {}) => openPanel(tab, options),
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
    postMessage: (message) => void window.toHost(location.search, JSON.stringify(message)),
    getState: () => JSON.parse(sessionStorage.getItem(location.search) ?? 'null') ?? undefined,
    setState: (state) => sessionStorage.setItem(location.search, JSON.stringify(state)),
  });
  addEventListener('securitypolicyviolation', (event) =>
    console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));`;

const dressing = `addEventListener('DOMContentLoaded', () => {
  switch (new URLSearchParams(location.search).get('theme')) {
    ${themeNames.map((theme) => `case '${theme}': { ${themeScript(theme)} } break;`).join('\n')}
  }
});`;

/** What happens in the page and what is asked there; `search` of its address tells one opening from the next. */
interface Ears {
  readonly search: string;
  readonly problem: (text: string) => unknown;
  readonly message: (message: Wire) => Promise<void>;
}

/** A tab for all panels, one after the other: a new one costs five times what the panel does. */
class Tab {
  private ears: Ears | undefined;
  private count = 0;

  private constructor(
    readonly page: Page,
    private readonly origin: string,
  ) {}

  static async open(browser: Browser, origin: string): Promise<Tab> {
    const tab = new Tab(await browser.newPage({ timezoneId: 'UTC', locale: 'en-US' }), origin);
    const { page } = tab;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') tab.ears?.problem(message.text());
    });
    page.on('pageerror', (error) => tab.ears?.problem(error.message));
    await page.exposeFunction('toHost', (search: string, text: string) =>
      search === tab.ears?.search ? tab.ears.message(JSON.parse(text) as Wire) : undefined,
    );
    await page.addInitScript(vscodeApi);
    await page.addInitScript(dressing);
    return tab;
  }

  /** An address that was never there before: nothing of what was open is found again. */
  newSearch(theme: ThemeName): string {
    return `?${new URLSearchParams({ theme, panel: String(++this.count) }).toString()}`;
  }

  async show(ears: Ears, { width = 1280, height = 800 }: OpenOptions): Promise<void> {
    this.ears = ears;
    await this.page.mouse.move(0, 0);
    await this.page.setViewportSize({ width, height });
    await this.page.goto(`${this.origin}/${ears.search}`);
  }

  /** Unless another panel was opened since. */
  async post(search: string, message: Wire): Promise<void> {
    const post = `if (location.search === ${JSON.stringify(search)}) window.postMessage(${JSON.stringify(message)}, '*')`;
    await this.page.evaluate(post).catch(() => undefined);
  }
}

/** What its page and the console have complained of until now. */
export async function problemsOf(panel: OpenPanel): Promise<readonly string[]> {
  // They come one after the other: what was complained of before this was evaluated has been heard after it.
  await panel.page.evaluate('0');
  return panel.problems;
}

async function openPanel(tab: Tab, options: OpenOptions): Promise<OpenPanel> {
  const search = tab.newSearch(options.theme ?? 'dark');
  const toPage = (message: Wire) => tab.post(search, message);
  const opened: OpenPanel = {
    page: tab.page,
    calls: [],
    problems: [],
    deeds: options.deeds ?? [],
    tell: (name) => toPage({ kind: 'event', name, payload: {} }),
    dress: (to) => tab.page.evaluate(themeScript(to)),
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
  const message = async (heard: Wire): Promise<void> => {
    if (heard.kind === 'call') opened.calls.push({ method: heard.method, args: heard.args });
    await answer(heard);
  };
  await tab.show({ search, problem: (text) => opened.problems.push(text), message }, options);
  return opened;
}
