// @ts-check
// Draws media/icon.png from scripts/icon.svg: the marketplace takes no SVG.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchBrowser } from './browser.mjs';
import { ensureChromium } from './editor.mjs';
import { main } from './processes.mjs';
import { root } from './project.mjs';

await main(async () => {
  const browser = await launchBrowser(await ensureChromium());
  const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
  const svg = await readFile(join(root, 'scripts/icon.svg'), 'utf8');
  await page.setContent(`<body style="margin:0">${svg}</body>`);
  await writeFile(join(root, 'media/icon.png'), await page.screenshot({ omitBackground: true }));
  await browser.close();
});
