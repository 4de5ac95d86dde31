/**
 * One window with alerts on a shared store: takes a file in when told to and says of which alerts it tells.
 * argv: store. stdin, a line each: a path, `snooze MS`, `later MS` (its clock goes forward), `log`. stdout: `ready`, the line
 * when it is done, `log LABEL LEVEL STATE` for each alert in the log, and a line of JSON for each notification.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseLimits } from '../../src/budgets/limits';
import { Ledger } from '../../src/worker/ledger';
import { wasmPath } from '../support/engine';

const [store = ''] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);

const { now } = Date;
let forward = 0;
Date.now = () => now() + forward;

async function obey({ api }: Ledger, line: string): Promise<void> {
  const [word, ms] = line.split(' ');
  if (word === 'snooze') await api.snoozeAlerts(Date.now() + Number(ms));
  else if (word === 'later') forward += Number(ms);
  else if (word === 'log')
    for (const { label, level, toldAt, why } of await api.alertLog(100))
      say(`log ${label} ${level} ${toldAt === undefined ? (why ?? 'waiting') : 'told'}`);
  else await api.importPaths('import', [line], {});
}

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
  for await (const line of createInterface({ input: process.stdin })) {
    await obey(ledger, line);
    say(`done ${line}`);
  }
  ledger.close();
}

void main();
