/**
 * One window with alerts on a shared store: takes a file in when told to and says of which alerts it tells.
 * argv: store. stdin: a path a line. stdout: `ready`, `took PATH`, and a line of JSON for each notification.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseLimits } from '../../src/budgets/limits';
import { Ledger } from '../../src/worker/ledger';
import { wasmPath } from '../support/engine';

const [store = ''] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);

async function main(): Promise<void> {
  const ledger = await Ledger.open(store, wasmPath);
  ledger.onEvent((event) => {
    if (event.name === 'alerts')
      say(JSON.stringify(event.payload.alerts.map(({ label, level }) => `${label} ${level}`)));
  });
  ledger.start();
  const { limits } = parseLimits({ warning: 0.5, alert: 1, call: 0, burnRate: 0, budgets: [] });
  await ledger.api.chooseAlerts({ limits, mode: 'auto', zone: 'UTC', firstDay: 'monday' });
  say('ready');
  for await (const path of createInterface({ input: process.stdin })) {
    await ledger.api.importPaths('import', [path], {});
    say(`took ${path}`);
  }
  ledger.close();
}

void main();
