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
export const newProfile = (browser, viewport = { width: 1280, height: 800 }) =>
  browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
