import * as vscode from 'vscode';
import { setting } from './contributions';
import { isReadingOn, offMessage } from './reading';
import { reported } from './report';
import { sleepMessage } from './tree/watchText';
import { userActed } from './userActed';
import type { Services } from './services';
import type { Views } from './tree/views';
import type { Disposable } from '../shared/emitter';
import type { LiveSettings } from '../shared/liveApi';

/** Actions come by the dozen, and one of them wakes as well as all. */
const wakeGap = 1_000;

/** What the settings say about watching. */
export const liveSettings = (): LiveSettings => ({
  enabled: isReadingOn() && setting('traceLedger.live.enabled'),
  idleTimeoutMs: Math.max(0, setting('traceLedger.live.idleTimeout')) * 1000,
});

/** Tells the worker of what the user does, so that it wakes, and the sources view how it is with the watching. */
export function registerLive({ ledger, onDidChangeWatching, report }: Services, views: Views): Disposable {
  let wokenAt = -Infinity;
  const wake = () => {
    if (Date.now() - wokenAt < wakeGap) return;
    wokenAt = Date.now();
    ledger.wake().catch(report);
  };
  const show = reported(report, async () => {
    const state = await ledger.liveState();
    const off = isReadingOn() ? undefined : offMessage;
    views.tellReading(off);
    views.tellWatching(off ?? sleepMessage(state));
  });
  return vscode.Disposable.from(
    userActed.event(wake),
    vscode.window.onDidChangeWindowState(({ focused }) => focused && wake()),
    onDidChangeWatching(() => void show()),
  );
}
