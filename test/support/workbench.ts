import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { eventually } from './eventually';
import { newProfile } from '../../scripts/browser.mjs';
import { openSession, type Session, type WorkbenchOptions } from './workbenchSession';

const root = resolve(__dirname, '../..');

export type { Theme, WorkbenchOptions } from './workbenchSession';

/** A VS Code workbench with the extension, to be driven as a person would. Whoever opens it closes it. */
export class Workbench {
  private constructor(
    private readonly session: Session,
    readonly page: Page,
    private readonly end: () => Promise<void>,
  ) {}

  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const session = await openSession(options);
    try {
      const { width = 1280, height = 800 } = options;
      const context = await newProfile(session.browser, { width, height });
      return await new Workbench(session, await context.newPage(), () => session.close()).load();
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** A second window of the same user on the same folder, with an extension host of its own. Ends with the first. */
  async openSecondWindow(): Promise<Workbench> {
    // Not a second tab: a browser gives those that it does not show little time.
    const context = await newProfile(this.session.browser);
    return new Workbench(this.session, await context.newPage(), () => context.close()).load();
  }

  /** What VS Code keeps for the extension: `globalStorageUri` of this server. */
  get globalStorage(): string {
    return join(this.session.dataDir, 'data/User/globalStorage/trace-ledger.trace-ledger');
  }

  get serverLog(): string {
    return this.session.serverLog();
  }

  /** Of this window or of the one opened last. */
  get extensionHostPid(): number {
    const pids = [...this.serverLog.matchAll(/<(\d+)> Launched Extension Host Process/g)].map(
      ([, pid]) => pid,
    );
    return Number(pids.at(-1));
  }

  /** The folder that it has open. */
  get workspace(): string {
    return this.session.workspace;
  }

  async close(): Promise<void> {
    await this.end();
  }

  /** Settings beside those that it was opened with, in place of those given before; VS Code sees them in a moment. */
  async configure(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.session.configure(settings);
  }

  /** Closes what is open and deletes all data, so that what comes next finds the extension as it is at first. */
  async startOver(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.openContainer();
    await this.runCommand('View: Close All Editors');
    await this.runCommand('Trace Ledger: Delete All Data...');
    const question = this.page.locator('.monaco-dialog-box', { hasText: 'your notes included' });
    await question.getByRole('button', { name: 'Delete All Data' }).click();
    await this.waitForNotification('All data of Trace Ledger was deleted.');
    for (const view of ['Sessions', 'Sources'] as const)
      await this.pane(view).getByRole('treeitem').first().waitFor({ state: 'detached' });
  }

  /** Reloads the window, as the command Developer: Reload Window does, and waits until the extension is back. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.waitForExtension();
  }

  /**
   * Until VS Code has written down what it shows: in a browser it does so every five seconds, since it cannot wait
   * for a database when it is left. `what` is found in the state of the window as JSON, in which
   * the state of a panel is JSON in JSON: quotes come with backslashes. With `all` it may be in what is kept for all
   * windows, such as `globalState` of the extension.
   */
  async stateSaved(what: RegExp, all = false): Promise<void> {
    const deadline = Date.now() + 60_000;
    // What compiles the tests names functions by a helper that the page does not have.
    await this.page.evaluate('globalThis.__name ??= (named) => named');
    while (!(await this.page.evaluate(findInSavedState, { source: what.source, all }))) {
      if (Date.now() > deadline) throw new Error(`VS Code did not save a state with ${what.source}.`);
      await this.page.waitForTimeout(250);
    }
  }

  /** Until VS Code knows the extension: commands and views appear some seconds after the workbench does. */
  async waitForExtension(): Promise<void> {
    await this.container.waitFor({ timeout: 60_000 });
  }

  /** The icon in the activity bar. */
  get container(): Locator {
    return this.page.getByRole('tab', { name: 'Trace Ledger' }).first();
  }

  /** Shows the views of the extension. Activates it. */
  async openContainer(): Promise<void> {
    const pane = this.pane('Sessions');
    await eventually(async () => {
      // After a reload VS Code brings it back by itself, a moment late; a click on what is open would close it.
      if (await isShown(pane, 1_500)) return;
      if ((await this.container.getAttribute('aria-expanded')) !== 'true')
        await this.container.locator('a').first().click();
      await pane.waitFor({ timeout: 5_000 });
    }, 60_000);
  }

  /** One view in the side bar, with its title and its buttons. */
  pane(view: 'Sessions' | 'Sources'): Locator {
    const header = this.page.locator('.pane-header', { hasText: view });
    return this.page.locator('.split-view-view .pane', { has: header });
  }

  /** A row of a tree by (part of) its text or accessible name. Rows out of sight are not there: scroll first. */
  treeItem(name: string | RegExp, view?: 'Sessions' | 'Sources'): Locator {
    return (view ? this.pane(view) : this.page.locator('.sidebar')).getByRole('treeitem', { name }).first();
  }

  /** Opens a row that has children, and waits until VS Code says that it is open. */
  async expand(item: Locator): Promise<void> {
    await item.waitFor();
    if ((await item.getAttribute('aria-expanded')) === 'true') return;
    await item.locator('.monaco-tl-twistie').click();
    await item.and(this.page.locator('[aria-expanded="true"]')).waitFor();
  }

  /** Runs a command by its title in the palette, with its category: `Trace Ledger: Refresh`. */
  async runCommand(title: string): Promise<void> {
    // What comes up in the meantime takes the focus, which closes the palette; and a webview that is not there yet hears no key.
    await eventually(async () => {
      await this.page.keyboard.press('F1');
      await this.quickInput.waitFor({ timeout: 5_000 }).catch((error: unknown) => this.leaveFocus(error));
      await this.quickInput.fill(`>${title}`, { timeout: 2_000 });
      await this.option(title).click({ timeout: 5_000 });
    }, 30_000);
    await this.option(title).waitFor({ state: 'hidden' });
  }

  private async leaveFocus(error: unknown): Promise<never> {
    await this.page.evaluate('document.activeElement?.blur()');
    throw error;
  }

  /** By its accessible name: rows are used again, and keep some of the text that they had. */
  private option(label: string | RegExp): Locator {
    return this.page.locator('.quick-input-list').getByRole('option', { name: label }).first();
  }

  /** The text field of whatever asks in the middle of the top: palette, quick pick, input box, file dialog. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input[type="text"]').first();
  }

  /** Answers an input box or a file dialog. */
  async answer(text: string): Promise<void> {
    await this.quickInput.waitFor();
    await this.quickInput.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Chooses an entry of a quick pick by (part of) its text, and waits until it is gone: a next one may follow. */
  async pick(label: string | RegExp): Promise<void> {
    const row = this.option(label);
    await row.click();
    await row.waitFor({ state: 'hidden' });
  }

  /** Runs the import command and answers its file dialog with a path. */
  async importByDialog(what: 'Files…' | 'Folder…', path: string): Promise<void> {
    await this.runCommand('Trace Ledger: Import Files or Folder...');
    await this.pick(what);
    await this.answerDialog(path);
  }

  /** Types a path into VS Code's own file dialog, and confirms it until it is gone: at first it is still looking. */
  async answerDialog(path: string): Promise<void> {
    const dialog = this.quickInput;
    await this.page.locator('.quick-input-widget:visible', { hasText: /Import|Export/ }).waitFor();
    // It says where it starts when it has looked there, and forgets what was typed before.
    await eventually(async () => assert.match(await dialog.inputValue(), /^\//), 30_000);
    await eventually(async () => {
      if (await dialog.isVisible()) await this.confirmPath(path);
      await dialog.waitFor({ state: 'hidden', timeout: 1_000 });
    }, 30_000);
  }

  private async confirmPath(path: string): Promise<void> {
    const dialog = this.quickInput;
    await dialog.fill(path, { timeout: 1_000 });
    await this.page.locator('.quick-input-list').getByRole('option').first().waitFor({ timeout: 1_000 });
    assert.equal(await dialog.inputValue({ timeout: 1_000 }), path);
    await dialog.press('Enter', { timeout: 1_000 });
  }

  /** The text of the note document that is shown, once it has the focus. */
  get noteEditor(): Locator {
    return this.page.locator('.monaco-editor.focused[data-uri^="trace-ledger:"]');
  }

  /** Writes the note of a session in one line, by the palette. Resolves when VS Code has taken it. */
  async writeNoteLine(session: string, text: string): Promise<void> {
    await this.runCommand('Trace Ledger: Edit Note in One Line...');
    await this.quickInput.waitFor();
    await this.quickInput.fill(session);
    // At once, as somebody does who has typed the whole id.
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget:visible', { hasText: 'Enter saves the note' }).waitFor();
    await this.answer(text);
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /** Waits for a message in the list of notifications: a server for tests does not show them by themselves. */
  async waitForNotification(text: string | RegExp): Promise<void> {
    const list = this.page.locator('.notifications-center');
    const message = list.locator('.notification-list-item', { hasText: text }).first();
    await eventually(async () => {
      // Without any it does not open, and does not when one comes later.
      if (!(await list.isVisible())) await this.runCommand('Notifications: Show Notifications');
      await message.waitFor({ timeout: 2_000 });
    }, 30_000);
    await this.runCommand('Notifications: Clear All Notifications');
    await list.waitFor({ state: 'hidden' });
  }

  /** The content of the webview that is shown. */
  webviewFrame(): FrameLocator {
    return this.page.locator('iframe.webview:visible').first().contentFrame().frameLocator('#active-frame');
  }

  /** The tab of an open editor. */
  editorTab(name: string | RegExp): Locator {
    return this.page.locator('.tabs-container').getByRole('tab', { name });
  }

  /**
   * @param name of a file under out/screenshots, or an absolute path
   * @returns the path of the file
   */
  async screenshot(name: string): Promise<string> {
    const folder = join(root, 'out/screenshots');
    await mkdir(folder, { recursive: true });
    const path = resolve(folder, name.endsWith('.png') ? name : `${name}.png`);
    // Away from whatever shows a tooltip under it.
    await this.page.mouse.move(640, 796);
    await this.page.screenshot({ path });
    return path;
  }

  private async load(): Promise<Workbench> {
    // VS Code asks before it is left while something is being saved; dismissed, as is the default, a reload is undone.
    this.page.on('dialog', (dialog) => void dialog.accept());
    await this.page.goto(this.session.url, { timeout: 60_000 });
    await this.waitForExtension();
    return this;
  }
}

const isShown = (what: Locator, withinMs: number): Promise<boolean> =>
  what.waitFor({ timeout: withinMs }).then(
    () => true,
    () => false,
  );

/** Runs in the page: whether any of the workbench's databases of this window holds what is looked for. */
async function findInSavedState({ source, all }: { source: string; all: boolean }): Promise<boolean> {
  interface Stores {
    databases(): Promise<{ name: string }[]>;
    open(name: string): { result: never; onsuccess: () => void; onerror: () => void };
  }
  const { indexedDB } = globalThis as unknown as { indexedDB: Stores };
  const done = <T>(request: { result: T; onsuccess: () => void; onerror: () => void }): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('The state cannot be read.'));
    });
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-') || (name.endsWith('-global') && !all)) continue;
    const db = await done<{
      close(): void;
      transaction(store: string): { objectStore(name: string): { getAll(): never } };
    }>(indexedDB.open(name));
    const values = await done<unknown[]>(db.transaction('ItemTable').objectStore('ItemTable').getAll());
    db.close();
    if (values.some((value) => new RegExp(source).test(JSON.stringify(value)))) return true;
  }
  return false;
}
