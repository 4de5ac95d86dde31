import { Workbench } from './workbench';

let opened: Promise<Workbench> | undefined;
let users = 0;

/**
 * One window for all suites that need none of their own: to open one takes longer than most of what is done in it. Called
 * in a `describe`, which finds the ledger empty, the container open and nothing else, under the settings of the shared
 * window and its own. The last of them closes it.
 */
export function sharedWorkbench(settings: Readonly<Record<string, unknown>> = {}): () => Workbench {
  let workbench: Workbench;
  users++;
  before(async () => {
    workbench = await (opened ??= Workbench.open({
      settings: {
        // In a browser VS Code saves by itself after a second: these tests mean to press Ctrl+S.
        'files.autoSave': 'off',
        'traceLedger.timeZone': 'UTC',
        // Each suite takes its files away when it is done.
        'traceLedger.live.enabled': false,
      },
    }));
    await workbench.configure(settings);
    await workbench.startOver();
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await workbench.screenshot(`failed ${this.currentTest.title}`);
  });
  after(async () => {
    if (--users === 0) await close();
  });
  return () => workbench;
}

async function close(): Promise<void> {
  const last = opened;
  opened = undefined;
  await (await last)?.close();
}

// Where --grep leaves out some of the suites, none of them is the last.
after(close);
