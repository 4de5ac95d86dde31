import { readdir, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Somebody's home, and what decides where tools keep their files in it. */
export interface Machine {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly home: string;
  readonly temporary: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const thisMachine = (): Machine => ({
  platform: process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux',
  home: homedir(),
  temporary: tmpdir(),
  env: process.env,
});

/** This machine and, seen from within WSL, the homes on the Windows side. */
export async function machines(
  own: Machine = thisMachine(),
  windowsUsers = '/mnt/c/Users',
): Promise<Machine[]> {
  if (own.platform !== 'linux' || own.env.WSL_DISTRO_NAME === undefined) return [own];
  const names = await readdir(windowsUsers).catch(() => []);
  const homes = await Promise.all(
    names.map(async (name): Promise<Machine[]> => {
      const home = join(windowsUsers, name);
      const settings = join(home, 'AppData', 'Roaming');
      const isHome = await stat(settings).then(
        (found) => found.isDirectory(),
        () => false,
      );
      const temporary = join(home, 'AppData', 'Local', 'Temp');
      return isHome ? [{ platform: 'win32', home, temporary, env: { APPDATA: settings } }] : [];
    }),
  );
  return [own, ...homes.flat()];
}

/** Settings folder of programs with a window. */
export const applicationData = ({ platform, home, env }: Machine): string => {
  if (platform === 'win32') return env.APPDATA ?? join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return configHome({ home, env });
};

export const configHome = ({ home, env }: Pick<Machine, 'home' | 'env'>): string =>
  env.XDG_CONFIG_HOME || join(home, '.config');

export const dataHome = ({ home, env }: Pick<Machine, 'home' | 'env'>): string =>
  env.XDG_DATA_HOME || join(home, '.local', 'share');

/** Data folders of every build of VS Code and its kin, on the desktop and on the far side of a remote connection. */
export function editorFolders(machine: Machine): string[] {
  const { home, env } = machine;
  const desktop = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf'];
  const servers = [
    '.vscode-server',
    '.vscode-server-insiders',
    '.vscode-remote',
    '.vscodium-server',
    '.cursor-server',
  ];
  return [
    ...desktop.map((name) => join(applicationData(machine), name)),
    ...servers.map((name) => join(home, name, 'data')),
    join(dataHome(machine), 'code-server'),
    ...(env.VSCODE_PORTABLE ? [join(env.VSCODE_PORTABLE, 'user-data')] : []),
  ];
}
