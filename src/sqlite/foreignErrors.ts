import { UserError, messageOf } from '../shared/errors';
import { MissingPageError } from './readOnlyFile';

/**
 * Turns what happened to a foreign file into a UserError; a mistake in our own SQL comes back as it is. A column that is
 * not there is no mistake: importers look for what tells a format apart, and a newer version may have renamed the rest.
 */
export function explainForeignError(error: unknown, cause: unknown, path: string): unknown {
  if (error instanceof UserError) return error;
  if (cause instanceof MissingPageError)
    return new UserError(`${path} is cut off before page ${cause.page}: copy the whole file again.`, {
      cause,
    });
  const remedy = remedyFor((cause ?? error) as NodeJS.ErrnoException, messageOf(error), path);
  return remedy ? new UserError(remedy, { cause: error }) : error;
}

function remedyFor({ code }: NodeJS.ErrnoException, message: string, path: string): string | undefined {
  if (code === 'ENOENT') return `${path} is gone: check whether it was moved or deleted.`;
  if (code === 'EACCES' || code === 'EPERM') return `${path} may not be read: check its permissions.`;
  if (code === 'EISDIR') return `${path} is not a file: choose a database file.`;
  if (code === 'EIO' || code === 'ENXIO') return `${path} cannot be read from its disk: check the disk.`;
  if (code === 'EBUSY') return `${path} is locked by another program: close that program and try again.`;
  if (message.includes('malformed'))
    return `${path} is damaged: restore it from a backup, or recover it with "sqlite3 FILE .recover".`;
  if (message.includes('not a database'))
    return `${path} is not a SQLite database, or an encrypted one: export it without a password.`;
  const missing = /^no such (column|table): (\S+)$/.exec(message);
  if (missing)
    return `${path} has no ${missing[1]} ${missing[2]}: its version is not known, so update the extension, or report it.`;
  return undefined;
}

export const busyError = (path: string): UserError =>
  new UserError(
    `${path} is being written to without a pause: try again when the program that writes it is idle.`,
  );
