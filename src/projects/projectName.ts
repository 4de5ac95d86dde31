/** Folder -> name: sessions that worked in it or below it belong to the project of that name. */
export type ProjectRules = Readonly<Record<string, string>>;

/** Where tools check a branch out beside the repository that it belongs to. */
const worktrees = /(?:\/\.[a-z-]+\/worktrees|\/\.worktrees|\.worktrees|\/\.git\/worktrees)\/[^/]+(?:\/.*)?$/i;

/**
 * The project of a folder, whatever way a tool spells it: separators, drive letters, URIs and the ways into WSL are
 * made one, and a worktree belongs to its repository. A rule of the user goes before that; the longest folder wins.
 */
export function projectName(recorded: string, rules: ProjectRules = {}): string {
  const path = spelledOnce(recorded);
  const folder = Object.keys(rules)
    .map((name): [string, string] => [spelledOnce(name), name])
    .filter(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))
    .sort(([a], [b]) => b.length - a.length)[0];
  if (folder) return rules[folder[1]]!;
  return path.replace(worktrees, '') || path;
}

function spelledOnce(recorded: string): string {
  const path = withoutScheme(recorded.trim()).replace(/[\\/]+/g, '/');
  return (
    path
      .replace(/^\/(?:wsl\$|wsl\.localhost)\/[^/]+(?=\/|$)/i, '')
      .replace(/^\/mnt\/([a-z])(?=\/|$)/i, '$1:')
      .replace(/^\/?([a-z]):/i, (_all, drive: string) => `${drive.toLowerCase()}:`)
      .replace(/(?<=.)\/$/, '') || '/'
  );
}

/** `file:///home/ana`, `vscode-remote://wsl+Ubuntu/home/ana`, `git@host:team/repo.git`, `https://host/team/repo.git`. */
function withoutScheme(text: string): string {
  const remote =
    /^(?:(?:https?|ssh|git):\/\/(?:[^@/]+@)?|[\w.-]+@)([\w.-]+\.[a-z]+(?::\d+)?)[:/](.+?)(?:\.git)?\/?$/i.exec(
      text,
    );
  if (remote) return `${remote[1]!.toLowerCase()}/${remote[2]!}`;
  const uri = /^(?:file|vscode-remote|vscode-userdata):\/\/[^/]*(\/.*)$/i.exec(text);
  return uri ? decoded(uri[1]!) : text;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
