import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { fullHome, type FakeHome } from '../support/fakeHome';
import { Workbench } from '../support/workbench';
import type { Locator } from 'playwright-core';

/** Label, how many of what, and where: as somebody counts who knows the tools and looks into the home. */
const left: readonly (readonly [label: string, count: string, ...places: string[]])[] = [
  ['Claude Code', '3 sessions', '~/.claude/projects'],
  ['Codex CLI', '2 sessions', '~/.codex/sessions'],
  [
    ...(['GitHub Copilot Chat', '2 sessions'] as const),
    '~/.config/Code/User/globalStorage/github.copilot-chat/agent-traces.db',
    '~/.config/Code/User/workspaceStorage/0123abcd/chatSessions',
  ],
  ['Copilot CLI', '1 session', '~/.copilot/session-state', '~/.copilot/otel'],
  ['Gemini CLI', '2 sessions', '~/.gemini/tmp/legacy/chats', '~/.gemini/tmp/shop-api/chats'],
  ['OpenCode', '5 files', '~/.local/share/opencode/opencode.db', '~/.local/share/opencode/storage'],
  [
    ...(['Cline, Roo and Kilo', '1 session'] as const),
    '~/.config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks',
    '~/.config/Code/User/globalStorage/saoudrizwan.claude-dev/state',
  ],
  ['LLM by Simon Willison', '1 file', '~/.config/io.datasette.llm/logs.db'],
  ['promptfoo', '1 file', '~/.promptfoo/promptfoo.db'],
  ['Aider', '1 file', '~/logs/aider.jsonl'],
  ['Inspect', '1 session', '~/logs/inspect'],
  ['Traces in shop', '7 files', '.plato', 'runs/mlflow.db', 'synth_ai.db', 'and 1 place more'],
];

/** What stands in OpenCode's folder and holds no usage. */
const noTraces = /storage\/(?:part|project)\//;

/** Calls by file as the samples' table of correct totals has them: 5 of Claude Code, 3 of Codex, 3 of llm, ... */
const calls: Readonly<Record<string, number>> = {
  '11111111-1111-4111-8111-111111111111.jsonl': 2,
  '22222222-2222-4222-8222-222222222222.jsonl': 1,
  '33333333-3333-4333-8333-333333333333.jsonl': 1,
  'agent-a1b2c3d.jsonl': 1,
  'rollout-2026-03-02T12-00-00-0199aaaa-0000-7000-8000-000000000002.jsonl': 3,
  'logs.db': 3,
  'genai-traces.jsonl': 2,
  'opencode.db': 1,
  'session-2025-11-02T09-00-ef56ab78.json': 1,
  'session-2026-03-02T09-00-ab12cd34.jsonl': 1,
  'aaaa1111-0000-4000-8000-000000000000.json': 1,
  'bbbb2222-0000-4000-8000-000000000000.jsonl': 1,
  'ui_messages.json': 3,
  'aider.jsonl': 2,
  'mlflow.db': 1,
  '2025-09.json': 2,
};

/** A call of Claude Sonnet 4.5 for 1,000 tokens in at $3 and 100 out at $15 a million: $0.0045. */
const later = {
  ...{ type: 'assistant', uuid: 'n1', timestamp: '2026-03-02T09:30:00.000Z', requestId: 'req_N' },
  ...{ sessionId: '11111111-1111-4111-8111-111111111111', cwd: '/home/ana/shop-api', isSidechain: false },
  message: {
    ...{ id: 'msg_N', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5-20250929', content: [] },
    usage: { input_tokens: 1000, output_tokens: 100 },
  },
};

describe('traces on this machine', function () {
  this.timeout(120_000);
  // Each step goes on where the one before has ended.
  this.bail(true);
  let made: FakeHome;
  let workbench: Workbench;

  before(async () => {
    made = fullHome();
    renameSync(join(made.home, '.phoenix'), join(made.home, 'phoenix not used yet'));
    workbench = await Workbench.open({
      workspace: made.workspace,
      env: made.env,
      settings: { 'traceLedger.discovery.atStart': true, 'traceLedger.timeZone': 'UTC' },
    });
    await workbench.openContainer();
  });
  afterEach(async function () {
    if (!this.currentTest?.isFailed()) return;
    await workbench.runCommand('Notifications: Show Notifications');
    await workbench.screenshot(`failed ${this.currentTest.title}`);
  });
  after(async () => {
    await workbench?.close();
    made?.remove();
  });

  const row = (name: string | RegExp) => workbench.treeItem(name, 'Sessions');
  const shows = (name: string | RegExp) => row(name).waitFor({ timeout: 30_000 });
  const shown = () => workbench.webviewFrame().locator('body');
  const press = (key: string) => workbench.page.keyboard.press(key);

  /** Until the extension has looked at the start for the nth time, as its log says. */
  const looked = (times: number) =>
    eventually(() => {
      const logs = join(workbench.globalStorage, '../../../logs');
      const texts = filesBelow(logs).filter((path) => /Trace Ledger.*\.log$/.test(path));
      const count = texts.filter((path) => readFileSync(path, 'utf8').includes('Looked for traces: ')).length;
      assert.equal(count, times);
    }, 60_000);

  const notifications = async (): Promise<Locator> => {
    await workbench.runCommand('Notifications: Show Notifications');
    return workbench.page.locator('.notifications-center');
  };
  /** What is asked, once it is: a list of notifications without any does not open. */
  const said = (text: string) =>
    eventually(async () => {
      const item = (await notifications()).locator('.notification-list-item', { hasText: text });
      await item.waitFor({ timeout: 1_000 });
      return item;
    }, 30_000);

  it('are offered by name, number and size, and nothing is imported before an answer', async () => {
    const question = await said('Found ');
    const [claude, codex] = left.map((entry) => `${entry[0]} (${amount(made, entry)})`);
    const sentence = `Found ${claude}, ${codex} and ${left.length - 2} more. Import?`;
    assert.ok((await question.innerText()).replaceAll(/\s+/g, ' ').includes(sentence));
    await workbench.screenshot('discovery-question');
    await question.getByRole('button', { name: 'Choose…' }).click();
    const rows = await optionsByKeyboard(workbench, left.length);
    assert.deepEqual(
      rows,
      left.map((entry) => `${entry[0]}, ${amount(made, entry)}, ${entry.slice(2).join(' · ')}`),
    );
    await workbench.screenshot('discovery-list');
    await press('Escape');
    assert.equal(await workbench.pane('Sessions').getByRole('treeitem').count(), 0);
  });

  it('are asked for again after no answer, and not after Never', async () => {
    await workbench.reload();
    await workbench.openContainer();
    await looked(2);
    await (await said('Found ')).getByRole('button', { name: 'Never' }).click();
    await workbench.stateSaved(/claude-code[\\"]+:[\\"]+never/, true);
    await workbench.reload();
    await workbench.openContainer();
    await looked(3);
    await workbench.page.waitForTimeout(500);
    assert.equal(await (await notifications()).locator('.notification-list-item').count(), 0);
  });

  it('are chosen and imported by keyboard alone', async () => {
    await press('F1');
    await workbench.page.keyboard.type('Trace Ledger: Find Traces');
    await press('Enter');
    const rows = await optionsByKeyboard(workbench, left.length, async (label) => {
      if (!/^(?:promptfoo|Inspect)/.test(label)) await press('Space');
    });
    assert.deepEqual(
      rows,
      left.map((entry) => {
        const [label, , ...places] = entry;
        return `${label}, ${amount(made, entry)} · left out so far, ${places.join(' · ')}`;
      }),
    );
    await press('Enter');
    // 0.111613 + 0.009624 of Claude Code, 0.0525 of Copilot Chat, 0.0171325 of Codex, 0.00885 of OpenCode, 0.00935 of Cline.
    await shows('Project /home/ana/shop-api, $0.209 · 3 included · 9 sessions');
    await shows('Project legacy, $0.012 · 1 session');
    await said('Imported: ');
    await workbench.stateSaved(/claude-code[\\"]+:[\\"]+always/, true);
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.screenshot('discovery-projects');
  });

  it('are the calls that the samples hold, and what was not chosen stays where it is', async () => {
    const sources = (await rowsByKeyboard(workbench, 'Sources')).join('\n');
    for (const [name, count] of Object.entries(calls))
      assert.match(sources, new RegExp(`^Source ${name},.* ${count} calls? `, 'm'));
    assert.doesNotMatch(sources, /promptfoo|hello\.eval/);
  });

  it('show what a session cost itself, and what its sub-agent did', async () => {
    await workbench.expand(row('Project /home/ana/shop-api'));
    // 0.01803 of Sonnet, 0.08268 of Opus in its fast mode and 0.01 of its search, 0.000903 of the sub-agent's Haiku.
    const session = row('Session 11111111-1111-4111-8111-111111111111, $0.112 · 3 calls · 1 agent');
    await workbench.expand(session);
    await shows('Call of claude-sonnet-4-5-20250929, $0.018');
    await shows('Call of claude-opus-4-6, $0.093');
    await workbench.expand(row('Agent a1b2c3d, $0.0009 · 1 call'));
    await shows('Call of claude-haiku-4-5-20251001, $0.0009');
    await workbench.screenshot('discovery-agents');
    await session.click();
    await shown()
      .getByRole('row', { name: /^the session itself\s+\$0\.111\s+\$0\.111\s+2\s/ })
      .waitFor();
    await shown()
      .getByRole('row', { name: /\$0\.0009\s+\$0\.0009\s+1\s.*a1b2c3d/ })
      .waitFor();
  });

  it('are imported at the next start where that was agreed to, and a new tool is asked for', async () => {
    const transcript = '.claude/projects/-home-ana-shop-api/11111111-1111-4111-8111-111111111111.jsonl';
    await workbench.stateSaved(/markdown\.preview/);
    appendFileSync(join(made.home, transcript), `${JSON.stringify(later)}\n`);
    renameSync(join(made.home, 'phoenix not used yet'), join(made.home, '.phoenix'));
    await workbench.reload();
    await workbench.openContainer();
    await shows('Project /home/ana/shop-api, $0.214 ');
    // The session that was open is open again, with the call that has come since: 0.11071 + 0.003 + 0.0015.
    await shown()
      .getByRole('row', { name: /^the session itself\s+\$0\.115\s+\$0\.115\s+3\s/ })
      .waitFor();
    await workbench.expand(row('Project /home/ana/shop-api'));
    await shows('Session 11111111-1111-4111-8111-111111111111, $0.116 · 4 calls · 1 agent');
    const question = await said('Found ');
    const size = sizeText(statSync(join(made.home, '.phoenix/phoenix.db')).size);
    assert.match(await question.innerText(), new RegExp(`Found Arize Phoenix: 1 file, ${size}\\. Import\\?`));
    await question.getByRole('button', { name: 'Always' }).click();
    await shows('Project default, $0.00025 · 1 session');
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('are not there in an empty home, which is told with what to do', async () => {
    for (const folder of [made.home, made.workspace])
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    await workbench.runCommand('Trace Ledger: Find Traces on This Machine...');
    const answer = await said('No traces were found where tools are known to keep them.');
    await answer.getByRole('button', { name: 'Import Files or Folder…' }).click();
    await workbench.page.locator('.quick-input-widget:visible', { hasText: 'Import what?' }).waitFor();
    await press('Escape');
    await shows('Project /home/ana/shop-api, $0.214 ');
  });

  it('are the first step of the walkthrough', async () => {
    const { page } = workbench;
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    await workbench.runCommand('Welcome: Open Walkthrough...');
    await workbench.quickInput.fill('Trace Ledger');
    await workbench.pick('Get Started with Trace Ledger');
    const steps = page.locator('.gettingStartedContainer .getting-started-step');
    await steps.first().waitFor();
    assert.deepEqual(
      (await steps.locator('.step-title').allInnerTexts()).map((title) => title.trim()),
      [
        'Bring your traces in',
        'Look at sessions and their costs',
        'See where the money went',
        'Write down why it cost that',
      ],
    );
    await steps.first().getByRole('button', { name: 'Find Traces on This Machine' }).waitFor();
    await workbench.screenshot('walkthrough');
  });
});

/** `3 sessions, 6.6 kB`: the count as told, the size as the file system has it. */
function amount(
  { home, workspace }: FakeHome,
  [, count, ...places]: readonly [label: string, count: string, ...places: string[]],
): string {
  const files = places[0]!.startsWith('~')
    ? places.flatMap((place) => filesBelow(place.replace('~', home)))
    : filesBelow(workspace);
  const sizes = files.filter((path) => !noTraces.test(path)).map((path) => statSync(path).size);
  return `${count}, ${sizeText(sizes.reduce((sum, size) => sum + size, 0))}`;
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return `${bytes < 9950 ? (bytes / 1000).toFixed(1) : Math.round(bytes / 1000)} kB`;
}

const filesBelow = (path: string): string[] =>
  statSync(path).isFile() ? [path] : readdirSync(path).flatMap((name) => filesBelow(join(path, name)));

/** The options of a list that is shown, one after the other as the arrow key comes to them. */
async function optionsByKeyboard(
  { page }: Workbench,
  count: number,
  at: (label: string) => Promise<void> = async () => undefined,
): Promise<string[]> {
  const labels: string[] = [];
  const focused = page.locator('.quick-input-list .monaco-list-row.focused');
  await page.locator('.quick-input-widget:visible', { hasText: 'Import which traces?' }).waitFor();
  while (labels.length < count) {
    await page.keyboard.press('ArrowDown');
    const label = await eventually(async () => {
      const text = (await focused.getAttribute('aria-label', { timeout: 1_000 })) ?? '';
      assert.notEqual(text, labels.at(-1) ?? '');
      return text;
    });
    labels.push(label);
    await at(label);
  }
  return labels;
}

/** All rows of a view, from the first to the last as the arrow key comes to them. */
async function rowsByKeyboard(workbench: Workbench, view: 'Sessions' | 'Sources'): Promise<string[]> {
  const { page } = workbench;
  const focused = workbench.pane(view).locator('.monaco-list-row.focused');
  await workbench.runCommand(`Trace Ledger: Focus on ${view} View`);
  await page.keyboard.press('End');
  const last = await focused.getAttribute('aria-label');
  await page.keyboard.press('Home');
  const labels = new Set<string>();
  for (let label: string | null = null; label !== last; await page.keyboard.press('ArrowDown')) {
    label = await focused.getAttribute('aria-label');
    labels.add(label ?? '');
    assert.ok(labels.size < 100);
  }
  return [...labels];
}
