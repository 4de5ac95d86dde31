import { attributesOf, field } from './attributes';
import { list, object } from '../json';
import type { Attributes } from './attributes';
import type { Json } from '../json';

/** A span or a log record, with the attributes of what wrote it. */
export interface Part {
  readonly kind: 'span' | 'log';
  readonly value: Json;
  readonly resource: Attributes;
}

/** What stands in a request of an exporter, in a list of them, or in an answer of Tempo. */
export interface Request {
  /** Of spans or of log records. */
  readonly resources: readonly unknown[];
  readonly hasMetrics: boolean;
}

/** The resources of a request; undefined if it is none. */
export function requestIn(value: unknown): Request | undefined {
  if (Array.isArray(value)) return joined(value.map(requestIn));
  const request = object(value);
  if (!request) return undefined;
  const inner = object(request.trace);
  if (inner) return requestIn(inner);
  const told = ['resourceSpans', 'resourceLogs'].map((name) => field(request, name));
  const metrics = field(request, 'resourceMetrics');
  if ([...told, metrics, request.batches].every((part) => !Array.isArray(part))) return undefined;
  return { resources: [...told, request.batches].flatMap(list), hasMetrics: list(metrics).length > 0 };
}

function joined(requests: readonly (Request | undefined)[]): Request | undefined {
  const known = requests.filter((request) => request !== undefined);
  if (known.length === 0 && requests.length > 0) return undefined;
  return {
    resources: known.flatMap(({ resources }) => resources),
    hasMetrics: known.some(({ hasMetrics }) => hasMetrics),
  };
}

/** Before version 0.20 of the protocol a scope was an instrumentation library. */
const scopes = ['scopeSpans', 'scopeLogs', 'instrumentationLibrarySpans', 'instrumentationLibraryLogs'];

/** The spans and log records of one resource. */
export function* partsOf(value: unknown): Generator<Part> {
  const found = object(value);
  if (!found) return;
  const resource = attributesOf(object(found.resource)?.attributes);
  for (const scope of scopes.flatMap((name) => list(field(found, name)))) {
    const inside = object(scope) ?? {};
    for (const span of list(inside.spans).map(object))
      if (span) yield { kind: 'span', value: span, resource };
    for (const log of list(field(inside, 'logRecords')).map(object))
      if (log) yield { kind: 'log', value: log, resource };
  }
}
