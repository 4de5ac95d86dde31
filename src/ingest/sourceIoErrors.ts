import { messageOf, UserError } from '../shared/errors';

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'It is not there (any more): check the path, or remove it from the sources.',
  EACCES: 'You have no permission to read it: change its permissions, then import it again.',
  EPERM: 'You have no permission to read it: change its permissions, then import it again.',
  EISDIR: 'It is a folder now: import the folder.',
  ENOTDIR: 'A part of its path is no folder: check the path.',
  ELOOP: 'Its links lead in a circle: correct the link.',
  EBUSY: 'Another program keeps it locked: close that program, then import it again.',
  EMFILE: 'Too many files are open: close some programs, then import it again.',
  EIO: 'The disk reports an error: check the disk, then import it again.',
  ESTALE: 'The network drive lost it: connect the drive again, then import it again.',
};

/** One sentence for the user, with its remedy, for anything that reading a file can throw. */
export function whyUnreadable(error: unknown, path = ''): string {
  if (error instanceof UserError) return withoutPath(error.message, path);
  const code = codeOf(error);
  return (
    (code === undefined ? undefined : sentences[code]) ??
    `It could not be read (${messageOf(error)}): import it again.`
  );
}

/** Beside its path a problem need not name it again. */
const withoutPath = (message: string, path: string): string => {
  if (path === '') return message;
  if (message.startsWith(`${path}: `)) return message.slice(path.length + 2);
  return message.startsWith(`${path} `) ? `It${message.slice(path.length)}` : message;
};

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Does it; a failure of the file system is then told as a `UserError` that names the file. */
export async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw asUserError(path, error);
  }
}

export const asUserError = (path: string, error: unknown): unknown =>
  error instanceof UserError || codeOf(error) === undefined
    ? error
    : new UserError(`${path}: ${whyUnreadable(error, path)}`);
