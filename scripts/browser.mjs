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
