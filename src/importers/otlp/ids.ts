import { field } from './attributes';
import type { Json } from '../json';

/** Of which trace and span something is, in lower-case hex. */
export interface SpanIds {
  readonly trace?: string | undefined;
  readonly span?: string | undefined;
  readonly parent?: string | undefined;
}

export const idsOf = (from: Json): SpanIds => ({
  trace: hex(field(from, 'traceId'), 16),
  span: hex(field(from, 'spanId'), 8),
  parent: hex(field(from, 'parentSpanId'), 8),
});

/**
 * OTLP writes ids as hex in any case; the JSON of other protobuf writers (Tempo) as base64. An id of another length is
 * taken as it is. Undefined for none, and for one of zeros, which means none.
 */
function hex(id: unknown, bytes: number): string | undefined {
  if (typeof id !== 'string' || /^0*$/.test(id.trim())) return undefined;
  const own = id.trim();
  if (/^[\da-f]+$/i.test(own)) return own.toLowerCase().slice(0, 100);
  const decoded = /^[\w+/-]+={0,2}$/.test(own) ? Buffer.from(own, 'base64') : undefined;
  if (decoded?.length === bytes)
    return decoded.some((byte) => byte !== 0) ? decoded.toString('hex') : undefined;
  return own.slice(0, 100);
}
