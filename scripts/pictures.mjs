// @ts-check
// `npm run pictures`: docs/images, taken from the workbench with the sample data in it.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Workbench } from '../test/support/workbench';
import { main } from './processes.mjs';
import { ensureDependencies, npm, root } from './project.mjs';

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

await main(async () => {
  await ensureDependencies();
  await npm('run', 'build', '--silent');
  await mkdir(folder, { recursive: true });
  await takeOverview('light', 'overview-light.png');
  await takeOverview('dark', 'overview-dark.png');
  await takeOverview('highContrast', 'overview-high-contrast.png');
});
