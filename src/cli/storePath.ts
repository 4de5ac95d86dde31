import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The user's data folder as each system has it. */
function dataFolder(): string {
  const { APPDATA, XDG_DATA_HOME } = process.env;
  if (process.platform === 'win32') return APPDATA ?? join(homedir(), 'AppData', 'Roaming');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  return XDG_DATA_HOME ?? join(homedir(), '.local', 'share');
}

/** `--store`, else `$TRACE_LEDGER_STORE`, else in the user's data folder. */
export const defaultStorePath = (given: string | undefined): string =>
  resolve(given ?? process.env.TRACE_LEDGER_STORE ?? join(dataFolder(), 'trace-ledger', 'store.db'));
