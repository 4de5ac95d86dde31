// @ts-check
// `npm run pictures`: docs/images, taken from the workbench with the sample data in it; all, or those that are named
// (`npm run pictures status`).
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metric, platoMonth } from '../test/support/platoMonth';
import { Workbench } from '../test/support/workbench';
import { main } from './processes.mjs';
import { ensureDependencies, npm, root } from './project.mjs';
import { writeAgentsHome } from './sampleAgents.mjs';

const folder = join(root, 'docs/images');

/** @param {Workbench} workbench */
async function showEverything(workbench) {
  await workbench.openContainer();
  await workbench.runCommand('Trace Ledger: Load Sample Data');
  const experiment = workbench.treeItem(/Contract summaries/, 'Sessions');
  await workbench.expand(experiment);
  await workbench.runCommand('Trace Ledger: Open Cost Panel');
  await workbench.webviewFrame().locator('canvas').first().waitFor();
  await workbench.page.keyboard.press('Escape');
  await workbench.runCommand('Notifications: Clear All Notifications');
}

/**
 * @param {import('../test/support/workbench').Theme} theme
 * @param {string} name
 */
async function takeOverview(theme, name) {
  const workbench = await Workbench.open({ theme, workspace: join(root, 'media/sample') });
  try {
    await showEverything(workbench);
    // Charts are drawn a frame after the data is there.
    await workbench.page.waitForTimeout(1_500);
    await workbench.screenshot(join(folder, name));
    if (theme === 'light') await takeNarrow(workbench);
  } finally {
    await workbench.close();
  }
}

/** @param {Workbench} workbench */
async function takeNarrow(workbench) {
  await workbench.page.setViewportSize({ width: 720, height: 800 });
  await workbench.page.waitForTimeout(1_500);
  await workbench.screenshot(join(folder, 'panel-narrow.png'));
}

/**
 * What is found in the home of somebody who works with agents, and what becomes of it.
 * @param {import('../test/support/workbench').Theme} theme
 */
async function takeAgents(theme) {
  const made = await mkdtemp(join(tmpdir(), 'trace-ledger-pictures-'));
  const home = join(made, 'home/ana');
  await writeAgentsHome(home);
  const workspace = join(made, 'shop-api');
  const env = { HOME: home, XDG_CONFIG_HOME: undefined, CLAUDE_CONFIG_DIR: undefined, CODEX_HOME: undefined };
  const workbench = await Workbench.open({ theme, workspace, height: 960, env: { ...env, TMPDIR: made } });
  try {
    await chooseTraces(workbench, `discovery-${theme}.png`);
    await expandAgents(workbench);
    await workbench.runCommand('Trace Ledger: Open Cost Panel');
    await workbench.webviewFrame().getByRole('heading', { name: 'Cost by project' }).waitFor();
    await takePicture(workbench, `agents-${theme}.png`);
    if (theme === 'light') {
      await workbench.page.setViewportSize({ width: 720, height: 960 });
      await takePicture(workbench, 'agents-narrow.png');
    }
  } finally {
    await workbench.close();
    await rm(made, { recursive: true, force: true });
  }
}

/**
 * @param {Workbench} workbench
 * @param {string} name
 */
async function chooseTraces(workbench, name) {
  await workbench.openContainer();
  // Not by the palette: the pointer would rest on the list's field, whose hint hides the title.
  await workbench.pane('Sessions').getByRole('button', { name: 'Find Traces on This Machine' }).click();
  await workbench.page.locator('.quick-input-widget:visible', { hasText: 'Import which traces?' }).waitFor();
  await takePicture(workbench, name);
  await workbench.page.keyboard.press('Enter');
  await workbench.treeItem(/^Project data-pipeline/, 'Sessions').waitFor();
  await workbench.runCommand('Notifications: Clear All Notifications');
}

/** @param {Workbench} workbench */
async function expandAgents(workbench) {
  await workbench.expand(workbench.treeItem(/^Project shop-api/, 'Sessions'));
  const session = workbench.treeItem(/^Session .* 2 agents/, 'Sessions');
  await workbench.expand(session);
  await workbench.treeItem(/^Agent /, 'Sessions').waitFor();
}

/**
 * @param {Workbench} workbench
 * @param {string} name
 */
async function takePicture(workbench, name) {
  // Charts are drawn a frame after the data is there, and tooltips go when the pointer does.
  await workbench.page.mouse.move(640, 700);
  await workbench.page.waitForTimeout(1_500);
  await workbench.screenshot(join(folder, name));
}

/**
 * The status bar below, at and above its limits, with its tooltip in the last.
 * @param {import('../test/support/workbench').Theme} theme
 * @param {string} name
 */
async function takeStatusBar(theme, name) {
  const workbench = await Workbench.open({ theme });
  const item = workbench.page.locator('.statusbar-item', { hasText: 'Tokens:' });
  try {
    await workbench.openContainer();
    for (const [level, { cost, selector }] of Object.entries(levels)) {
      const session = { sessionId: 'shop-checkout', timestamp: Date.now() };
      const path = await platoMonth([
        metric({ ...session, cost, inputTokens: 41_250, outputTokens: 2_100 }),
        metric({ ...session, cost: cost / 10, model: 'gpt-4o-mini', timestamp: session.timestamp - 60_000 }),
      ]);
      await workbench.importByDialog('Files…', path);
      await workbench.runCommand('Notifications: Clear All Notifications');
      await workbench.page.locator(selector, { hasText: 'Tokens:' }).waitFor({ timeout: 60_000 });
      await workbench.page.mouse.move(640, 300);
      await workbench.page.waitForTimeout(800);
      await takeClip(workbench, `status-${level}-${name}.png`, { x: 640, y: 770, width: 640, height: 30 });
    }
    await item.hover();
    await workbench.page.getByText('Open Cost Panel').last().waitFor();
    await workbench.page.waitForTimeout(500);
    await takeClip(workbench, `status-tooltip-${name}.png`, { x: 640, y: 480, width: 640, height: 320 });
  } finally {
    await workbench.close();
  }
}

/**
 * The view of prices, and what a price of one's own would change before it is applied.
 * @param {import('../test/support/workbench').Theme} theme
 * @param {string} name
 */
async function takePrices(theme, name) {
  const workbench = await Workbench.open({ theme, workspace: join(root, 'media/sample'), height: 900 });
  const { page } = workbench;
  try {
    await workbench.openContainer();
    await workbench.runCommand('Trace Ledger: Load Sample Data');
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.runCommand('Trace Ledger: Set Price...');
    await workbench.pick(/^gpt-4o,/);
    // Input, output, cache read, cache write, from when.
    for (const rate of ['2', '8', '1', '', '']) {
      await workbench.answer(rate);
      await page.waitForTimeout(300);
    }
    // A server for tests keeps messages in their list.
    await workbench.runCommand('Notifications: Show Notifications');
    await page.getByRole('button', { name: 'Show Difference' }).click({ timeout: 60_000 });
    await workbench.webviewFrame().getByRole('heading', { name: 'By model and month' }).waitFor();
    await workbench.runCommand('Notifications: Clear All Notifications');
    await page.locator('.pane-header', { hasText: 'Sources' }).click();
    await page.locator('.pane-header', { hasText: 'Prices' }).click();
    const model = page.getByRole('treeitem', { name: /gpt-4o,/ }).first();
    await workbench.expand(model);
    await takePicture(workbench, `prices-${name}.png`);
  } finally {
    await workbench.close();
  }
}

/** What is added to get there, and how it looks. */
const levels = {
  normal: { cost: 0.42, selector: '.statusbar-item:not(.has-background-color)' },
  warning: { cost: 1.5, selector: '.statusbar-item.warning-kind' },
  alert: { cost: 4.8, selector: '.statusbar-item.error-kind' },
};

/**
 * @param {Workbench} workbench
 * @param {string} name
 * @param {{ x: number, y: number, width: number, height: number }} clip
 */
const takeClip = ({ page }, name, clip) => page.screenshot({ path: join(folder, name), clip });

const pictures = {
  agents: async () => {
    for (const theme of /** @type {const} */ (['light', 'dark'])) await takeAgents(theme);
  },
  overview: async () => {
    await takeOverview('light', 'overview-light.png');
    await takeOverview('dark', 'overview-dark.png');
    await takeOverview('highContrast', 'overview-high-contrast.png');
  },
  prices: async () => {
    await takePrices('light', 'light');
    await takePrices('dark', 'dark');
    await takePrices('highContrast', 'high-contrast');
  },
  status: async () => {
    await takeStatusBar('light', 'light');
    await takeStatusBar('dark', 'dark');
    await takeStatusBar('highContrast', 'high-contrast');
  },
};

await main(async () => {
  await ensureDependencies();
  await npm('run', 'build', '--silent');
  await mkdir(folder, { recursive: true });
  const wanted = process.argv.slice(2);
  for (const [name, take] of Object.entries(pictures))
    if (wanted.length === 0 || wanted.includes(name)) await take();
});
