// @ts-check
import { chromium } from 'playwright-core';

const switches = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
];

/**
 * Starts a browser without a window.
 * @param {string} executablePath
 */
export const launchBrowser = (executablePath) =>
  // The signals are processes.mjs's: it ends the process, and with it the browser.
  chromium.launch({
    executablePath,
    args: switches,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });

/**
 * A profile of its own, in which the workbench may use the clipboard as it may on a desktop.
 * @param {import('playwright-core').Browser} browser
 * @param {{ width: number, height: number }} [viewport]
 */
export async function newProfile(browser, viewport = { width: 1280, height: 800 }) {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const context = await browser.newContext({ viewport, permissions, reducedMotion: 'reduce' });
  await context.addInitScript(stillness);
  return context;
}

/** Progress runs on under reduced motion, and drawing it takes a whole processor without a graphics card. */
const stillness = `{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.progress-bit, .codicon-modifier-spin::before { animation: none !important; }');
  document.adoptedStyleSheets.push(sheet);
}`;
