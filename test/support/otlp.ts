import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importFile } from './imported';
import type { CallFact } from '../../src/shared/facts';

export const otlpFixtures = join(__dirname, '../fixtures/otlp');
export const otlpFixture = (name: string): string => join(otlpFixtures, name);

const folder = mkdtempSync(join(tmpdir(), 'trace-ledger-otlp-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A file of its own with this text, or these requests one a line. */
export function writeOtlp(content: string | readonly unknown[], name = 'traces.jsonl'): string {
  const path = join(folder, `${++files}-${name}`);
  writeFileSync(
    path,
    typeof content === 'string' ? content : content.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  return path;
}

type Fields = Readonly<Record<string, unknown>>;

const valueOf = (value: unknown): unknown => {
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (typeof value === 'string') return { stringValue: value };
  return value;
};

/** Attributes as OTLP writes them; what is no text or number stands for itself. */
export const attributes = (fields: Fields) =>
  Object.entries(fields).map(([key, value]) => ({ key, value: valueOf(value) }));

/** A span of a request to a model. A test names what it is about. */
export const span = (fields: Fields = {}, own: Fields = {}): Fields => ({
  ...{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), parentSpanId: '', name: 'chat gpt-4o', kind: 3 },
  ...{ startTimeUnixNano: '1772442000000000000', endTimeUnixNano: '1772442001500000000', status: {} },
  ...own,
  attributes: attributes({
    ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o', ...fields },
  }),
});

export const spans = (list: readonly unknown[], resource: Fields = { 'service.name': 'shop-api' }) => ({
  resourceSpans: [
    { resource: { attributes: attributes(resource) }, scopeSpans: [{ scope: {}, spans: list }] },
  ],
});

export const logs = (list: readonly unknown[]) => ({
  resourceLogs: [{ resource: { attributes: [] }, scopeLogs: [{ scope: {}, logRecords: list }] }],
});

/** The calls that spans with these attributes are. */
export async function callsWith(...list: readonly unknown[]): Promise<CallFact[]> {
  const { calls } = await importFile(writeOtlp([spans(list)]));
  return [...calls.values()];
}
