import { messageOf, UserError } from '../shared/errors';

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space and save again',
  EDQUOT: 'your disk quota is used up: free some space and save again',
  EACCES: 'you are not allowed to: check the permissions of the file and its folder',
  EPERM: 'you are not allowed to: check the permissions of the file and its folder',
  EROFS: 'the disk is read-only: choose a folder that can be written to',
  ENOENT: 'its folder does not exist: create it, or choose another place',
  EISDIR: 'a folder has its name: move that away',
  EIO: 'the disk reports an error: check it, and keep a copy of the file',
};

/** What the operating system said of a notes journal as one sentence with its remedy; other errors are left as they are. */
export function fileError(path: string, error: unknown): unknown {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (error instanceof UserError || typeof code !== 'string') return error;
  return new UserError(
    `The notes file ${path} cannot be used, since ${remedies[code] ?? messageOf(error)}.`,
    { cause: error },
  );
}
