import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser.mjs';
import { ensureEditor } from '../../scripts/editor.mjs';
import { installExtension, startServer, workbenchUrl, writeSettings } from '../../scripts/server.mjs';

const root = resolve(__dirname, '../..');

export type Theme = 'light' | 'dark' | 'highContrast';

const themes: Readonly<Record<Theme, string>> = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  highContrast: 'Default High Contrast',
};

export interface WorkbenchOptions {
  /** Absolute path; an empty folder if absent. */
  readonly workspace?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly theme?: Theme;
  /** Where settings, store and notes lie; a folder given here outlives the workbench. */
  readonly userDataDir?: string;
  /** A packaged extension to install; without it the checkout is loaded as it stands. */
  readonly vsix?: string;
  /** Page size; 1280 x 800 if absent. */
  readonly width?: number;
  readonly height?: number;
  /** Added to the environment of the extension host. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What outlives a page: the server with its data, and the browser. */
export interface Session {
  readonly browser: Browser;
  readonly url: string;
  readonly dataDir: string;
  readonly workspace: string;
  readonly serverLog: () => string;
  /** Settings beside those that it was opened with. */
  configure(settings: WorkbenchOptions['settings']): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server and a browser. Whoever opens them closes them. */
export async function openSession(options: WorkbenchOptions): Promise<Session> {
  const temporary = await mkdtemp(join(tmpdir(), 'trace-ledger-ui-'));
  const dataDir = options.userDataDir ?? join(temporary, 'data');
  const extensionsDir = join(temporary, 'extensions');
  const workspace = options.workspace ?? join(temporary, 'workspace');
  await mkdir(workspace, { recursive: true });
  const configure = (settings: WorkbenchOptions['settings']) =>
    writeSettings(dataDir, {
      'workbench.colorTheme': themes[options.theme ?? 'light'],
      // What lies on the machine that runs the tests is none of their business.
      'traceLedger.discovery.atStart': false,
      ...options.settings,
      ...settings,
    });
  await configure({});
  const editor = await ensureEditor();
  if (options.vsix) await installExtension(editor, { vsix: options.vsix, dataDir, extensionsDir });
  const server = await startServer(editor, {
    ...{ dataDir, extensionsDir, forTests: true },
    ...(options.env ? { env: options.env } : {}),
  });
  const browser = await launchBrowser(editor.chromium);
  return {
    browser,
    dataDir,
    workspace,
    configure,
    url: workbenchUrl(server.port, workspace, options.vsix ? {} : { extension: root }),
    serverLog: server.log,
    close: async () => {
      await browser.close();
      server.stop();
      await server.closed;
      await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
