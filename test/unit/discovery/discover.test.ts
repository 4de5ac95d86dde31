import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findTraces } from '../../../src/discovery/discover';
import { machines } from '../../../src/discovery/machine';
import { tools } from '../../../src/discovery/tools';
import type { Machine } from '../../../src/discovery/machine';
import type { FoundTraces } from '../../../src/shared/protocol';

describe('discovery', () => {
  let root: string;
  beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'discovery-'))));
  afterEach(() => rm(root, { recursive: true, force: true }));

  const put = async (path: string, text = 'x'): Promise<string> => {
    const whole = join(root, path);
    await mkdir(dirname(whole), { recursive: true });
    await writeFile(whole, text);
    return whole;
  };
  const machine = (fields: Partial<Machine> = {}): Machine => ({
    platform: 'linux',
    home: join(root, 'home'),
    temporary: join(root, 'tmp'),
    env: {},
    ...fields,
  });
  const find = (fields: Partial<Machine> = {}, workspaceFolders: string[] = []): Promise<FoundTraces[]> =>
    findTraces({ workspaceFolders, machine: machine(fields), pause: async () => undefined });
  const here = (paths: readonly string[]): string[] => paths.map((path) => path.slice(root.length + 1));

  it('finds nothing in an empty home, and in none', async () => {
    assert.deepEqual(await find(), []);
    await mkdir(join(root, 'home'));
    assert.deepEqual(await find(), []);
  });

  it('tells how many sessions and bytes a tool has, and where', async () => {
    await put('home/.claude/projects/-shop/a.jsonl', '12345');
    await put('home/.claude/projects/-shop/a/subagents/agent-1.jsonl', '123');
    await put('home/.claude/projects/-shop/agent-2.jsonl', '1');
    await put('home/.claude/projects/-shop/memory.md', 'not counted');
    await put('home/.config/claude/projects/-lib/b.jsonl', '1');
    assert.deepEqual(await find(), [
      {
        id: 'claude-code',
        label: 'Claude Code',
        paths: [join(root, 'home/.config/claude/projects'), join(root, 'home/.claude/projects')],
        inWorkspace: false,
        files: 4,
        sessions: 2,
        bytes: 10,
        isPartial: false,
      },
    ]);
  });

  it('honours what the environment of a tool says', async () => {
    await put('home/.claude/projects/-shop/a.jsonl');
    await put('one/projects/-x/b.jsonl');
    await put('two/projects/-y/c.jsonl');
    await put('cx/sessions/2026/01/02/rollout-1.jsonl');
    await put('ll/logs.db');
    const env = {
      CLAUDE_CONFIG_DIR: `${join(root, 'one')}, ${join(root, 'two', 'projects')}`,
      CODEX_HOME: join(root, 'cx'),
      LLM_USER_PATH: join(root, 'll'),
    };
    const found = await find({ env });
    assert.deepEqual(
      found.map(({ id, paths }) => [id, ...here(paths)]),
      [
        ['claude-code', 'one/projects', 'two/projects'],
        ['codex', 'cx/sessions'],
        ['llm', 'll/logs.db'],
      ],
    );
  });

  it('knows the folders of every platform', async () => {
    const users: Readonly<Record<Machine['platform'], string>> = {
      linux: 'home/.config/Code/User',
      darwin: 'home/Library/Application Support/Code/User',
      win32: 'home/AppData/Roaming/Code/User',
    };
    for (const [platform, user] of Object.entries(users)) {
      await put(`${user}/globalStorage/github.copilot-chat/agent-traces.db`);
      await put(`${user}/workspaceStorage/0123/chatSessions/a.jsonl`);
      await put(`${user}/workspaceStorage/4567/other/a.jsonl`);
      const [found] = await find({ platform: platform as Machine['platform'] });
      assert.deepEqual(
        [found!.id, found!.sessions, ...here(found!.paths)],
        [
          'copilot-chat',
          1,
          `${user}/globalStorage/github.copilot-chat/agent-traces.db`,
          `${user}/workspaceStorage/0123/chatSessions`,
        ],
      );
      await rm(join(root, 'home'), { recursive: true });
    }
  });

  it('sees the homes of Windows from within WSL', async () => {
    await mkdir(join(root, 'users/Ana/AppData/Roaming'), { recursive: true });
    await mkdir(join(root, 'users/Public'), { recursive: true });
    const wsl = machine({ env: { WSL_DISTRO_NAME: 'Ubuntu' } });
    const homes = await machines(wsl, join(root, 'users'));
    assert.deepEqual(
      homes.map(({ platform, home }) => [platform, home]),
      [
        ['linux', join(root, 'home')],
        ['win32', join(root, 'users/Ana')],
      ],
    );
    assert.equal((await machines(machine(), join(root, 'users'))).length, 1);
  });

  it('finds trace folders and databases in the workspace, and no more', async () => {
    await put('work/.plato/analytics/2026-01.json');
    await put('work/app/traces/a.jsonl');
    await put('work/app/traces/deep/b.csv');
    await put('work/synth_ai.db/dbs/default/data');
    await put('work/data/runs.db', 'SQLite format 3\0 and pages');
    await put('work/data/other.db', 'Berkeley');
    await put('work/node_modules/x/traces/a.jsonl');
    await put('work/package.json');
    await put('work/traces.json');
    const found = await find({}, [join(root, 'work')]);
    assert.deepEqual(
      found.map(({ label, inWorkspace, files, paths }) => [label, inWorkspace, files, ...here(paths)]),
      [
        [
          'Traces in work',
          true,
          5,
          'work/.plato',
          'work/app/traces',
          'work/data/runs.db',
          'work/synth_ai.db',
        ],
      ],
    );
  });

  it('follows no link, and says of a folder that it may not read', async () => {
    await put('elsewhere/secret.jsonl');
    await put('home/.claude/projects/-a/a.jsonl');
    await symlink(join(root, 'elsewhere'), join(root, 'home/.claude/projects/out'));
    await symlink(join(root, 'home/.claude/projects'), join(root, 'home/.claude/projects/loop'));
    await symlink(join(root, 'elsewhere/secret.jsonl'), join(root, 'home/.claude/projects/-a/b.jsonl'));
    assert.equal((await find())[0]!.files, 1);
    await symlink(join(root, 'home/.claude'), join(root, 'dotfiles'));
    assert.equal((await find({ env: { CLAUDE_CONFIG_DIR: join(root, 'dotfiles') } }))[0]!.files, 1);
    if (process.getuid?.() === 0) return;
    await chmod(join(root, 'home/.claude/projects'), 0);
    const [denied] = await find();
    await chmod(join(root, 'home/.claude/projects'), 0o700);
    assert.deepEqual([denied!.files, denied!.denied], [0, join(root, 'home/.claude/projects')]);
  });

  it('stops when it is told to', async () => {
    await put('home/.claude/projects/-a/a.jsonl');
    const stop = new Error('stop');
    const stopped = findTraces({
      workspaceFolders: [],
      machine: machine(),
      pause: () => Promise.reject(stop),
    });
    await assert.rejects(stopped, stop);
  });

  it('counts 20,000 empty files in a breath, and offers each tool once', async () => {
    const folder = join(root, 'home/.codex/sessions/2026');
    await mkdir(folder, { recursive: true });
    for (let i = 0; i < 20_000; i += 500)
      await Promise.all(
        Array.from({ length: 500 }, (_, j) => writeFile(join(folder, `rollout-${i + j}.jsonl`), '')),
      );
    const [found] = await find();
    assert.deepEqual([found!.files, found!.bytes, found!.isPartial], [20_000, 0, false]);
    assert.equal(new Set(tools.map(({ id }) => id)).size, tools.length);
  }).timeout(60_000);
});
