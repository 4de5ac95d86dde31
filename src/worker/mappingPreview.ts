import { mappedImporter } from '../importers/mapped';
import { openSource } from '../ingest/lookInto';
import { chooseCost, priceCall } from '../pricing/cost';
import { inferProvider } from '../pricing/modelNames';
import { UserError } from '../shared/errors';
import type { DiskIo } from '../ingest/sourceIo';
import type { PriceBook } from '../pricing/prices';
import type { CallFact } from '../shared/facts';
import type { Mapping, MappingPreview, PreviewedCall } from '../shared/mapping';
import type { Issue } from '../shared/model';

const listed = 10;
/** Beyond so many calls repeated ones are not told any more. */
const mostKeys = 1_000_000;

export interface PreviewRequest {
  readonly path: string;
  readonly name: string;
  readonly mapping: Mapping;
  readonly book: PriceBook;
  /** Called after each part; rejects when the user stopped it. */
  readonly pause: () => Promise<void>;
  readonly told: (calls: number, share: number | undefined) => void;
}

/** What a mapping makes of a whole file; nothing is stored. @throws UserError where the mapping is not for this file. */
export async function previewMapping(io: DiskIo, request: PreviewRequest): Promise<MappingPreview> {
  const { path, name, mapping, book, pause, told } = request;
  const importer = mappedImporter(name, mapping);
  const file = await openSource(path, io);
  if (!importer.detect(file)) {
    const { columns } = mapping.files;
    throw new UserError(
      `${path}: It does not hold what the mapping is for (${columns.join(', ')}): correct files.columns.`,
    );
  }
  const sums = new Sums(name, book);
  for await (const { calls = [], issues = [], share } of importer.import(file, io)) {
    for (const call of calls) sums.add(call);
    for (const issue of issues) sums.addIssue(issue);
    told(sums.count, share);
    await pause();
  }
  return sums.preview;
}

const tokenNames = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
] as const;

class Sums {
  private readonly keys = new Set<CallFact['id']>();
  private readonly sessions = new Set<string>();
  private readonly calls: PreviewedCall[] = [];
  private readonly issues: Issue[] = [];
  private readonly usage = Object.fromEntries(tokenNames.map((name) => [name, 0])) as Record<
    (typeof tokenNames)[number],
    number
  >;
  private readonly sums = { repeated: 0, recorded: 0, cost: 0, unpricedCalls: 0, untimedCalls: 0, errors: 0 };
  private issueCount = 0;
  private first = Infinity;
  private last = -Infinity;
  count = 0;

  constructor(
    private readonly importer: string,
    private readonly book: PriceBook,
  ) {}

  get preview(): MappingPreview {
    return {
      ...this.sums,
      calls: this.calls,
      count: this.count,
      sessions: this.sessions.size,
      usage: this.usage,
      ...(this.first <= this.last ? { first: this.first, last: this.last } : {}),
      issueCount: this.issueCount,
      issues: this.issues,
    };
  }

  add(call: CallFact): void {
    if (this.keys.has(call.id)) {
      this.sums.repeated++;
      return;
    }
    if (this.keys.size < mostKeys) this.keys.add(call.id);
    this.count++;
    this.sessions.add(call.session);
    for (const name of tokenNames) this.usage[name] += call[name] ?? 0;
    const cost = this.costOf(call);
    this.sums.recorded += call.recorded ?? 0;
    this.sums.cost += cost ?? 0;
    if (cost === null) this.sums.unpricedCalls++;
    if (call.failed) this.sums.errors++;
    this.addTime(call);
    if (this.calls.length < listed) this.calls.push(shown(call, cost));
  }

  addIssue(issue: Issue): void {
    this.issueCount++;
    if (this.issues.length < listed) this.issues.push(issue);
  }

  private addTime({ at }: CallFact): void {
    if (at === undefined) this.sums.untimedCalls++;
    else [this.first, this.last] = [Math.min(this.first, at), Math.max(this.last, at)];
  }

  private costOf(call: CallFact): number | null {
    const provider = call.provider ?? (call.model === undefined ? undefined : inferProvider(call.model));
    const figures = { ...call, ...(provider === undefined ? {} : { provider }) };
    return chooseCost('auto', figures, priceCall(figures, this.book, this.importer)).usd ?? null;
  }
}

const shown = (call: CallFact, cost: number | null): PreviewedCall => ({
  ...(call.at === undefined ? {} : { at: call.at }),
  session: call.session,
  model: call.model ?? null,
  inputTokens: call.inputTokens ?? 0,
  cachedTokens: (call.cacheReadTokens ?? 0) + (call.cacheWriteTokens ?? 0),
  outputTokens: call.outputTokens ?? 0,
  cost,
  recorded: call.recorded ?? null,
  failed: call.failed === true,
});
