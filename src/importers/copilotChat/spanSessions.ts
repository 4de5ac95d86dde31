import { label, text } from '../json';
import type { Span, SpanTable } from './spans';
import type { Json } from '../json';

/** To which session a call belongs. */
export interface Place {
  readonly session: string;
  /** Names under which the session may have been told while a span above it was not there yet. */
  readonly formerly: readonly string[];
  /** Found by what another span says; it may have been told elsewhere before that was there. */
  readonly isFound?: boolean;
  /** A call beside the conversation: its title, a classification. Chat files do not tell of it. */
  readonly aside: boolean;
}

/** Calls that belong to no conversation: suggestions of the next edit. */
export const withoutSession = 'no-session';

const deepest = 64;

/**
 * The session that a span names itself. A sub-agent has one of its own; calls beside a conversation name only its
 * parent. The conversation id is not asked: depending on the build and the model it is that of a request.
 */
export function ownSession(fields: Json): Place | undefined {
  const [own, parent] = [label(fields.chat_session_id), label(fields.parentSession)];
  const session = own ?? parent ?? label(fields.session);
  return session === undefined
    ? undefined
    : { session, formerly: [], aside: own === undefined && parent !== undefined };
}

/** The session of each call, in their order, as far as the database knows it by now. */
export async function placesOf(calls: readonly Span[], table: SpanTable): Promise<Place[]> {
  const own = calls.map(({ fields }) => ownSession(fields));
  const climbs = await climbed(
    calls.filter((_, i) => !own[i]),
    table,
  );
  const unplaced = [...climbs.values()].flatMap(({ span, end }) => (end ? [] : (conversationOf(span) ?? [])));
  const known = await table.withAgent([...new Set(unplaced)]);
  return calls.map((call, i) => own[i] ?? placed(climbs.get(call)!, known));
}

interface Climb {
  readonly span: Span;
  /** Ids of the spans on the way. */
  readonly passed: string[];
  next: string | undefined;
  end?: { readonly session: string } | { readonly missing: string };
}

/** Goes from each call up to the nearest agent that names a session, or to a span that has not been written yet. */
async function climbed(calls: readonly Span[], table: SpanTable): Promise<Map<Span, Climb>> {
  const climbs = calls.map((span): Climb => ({ span, passed: [], next: label(span.fields.parent_span_id) }));
  for (let step = 0; step < deepest; step++) {
    const going = climbs.filter(({ next }) => next !== undefined);
    if (going.length === 0) break;
    const above = await table.byId([...new Set(going.map(({ next }) => next!))]);
    for (const climb of going) stepUp(climb, above.get(climb.next!));
  }
  return new Map(climbs.map((climb) => [climb.span, climb]));
}

function stepUp(climb: Climb, above: Span | undefined): void {
  const id = climb.next!;
  climb.next = undefined;
  if (!above) {
    climb.end = { missing: id };
    return;
  }
  if (climb.passed.includes(id)) return;
  climb.passed.push(id);
  const session = above.fields.operation_name === 'invoke_agent' ? sessionOfAgent(above.fields) : undefined;
  if (session === undefined) climb.next = label(above.fields.parent_span_id);
  else climb.end = { session };
}

/** Of an agent the conversation id is the session. */
export const sessionOfAgent = (fields: Json): string | undefined =>
  ownSession(fields)?.session ?? label(fields.conversation_id);

const conversationOf = ({ fields }: Span): string | undefined =>
  isNextEdit(fields) ? undefined : label(fields.conversation_id);

function placed({ span, passed, end }: Climb, known: ReadonlySet<string>): Place {
  const formerly = passed.map((id) => `span:${id}`);
  if (end && 'session' in end) return { session: end.session, formerly, isFound: true, aside: false };
  if (end) return { session: `span:${end.missing}`, formerly, aside: false };
  const conversation = conversationOf(span);
  if (conversation === undefined) return { session: withoutSession, formerly: [], aside: true };
  const own = `conversation:${conversation}`;
  return known.has(conversation)
    ? { session: conversation, formerly: [own], isFound: true, aside: false }
    : { session: own, formerly: [], aside: false };
}

const isNextEdit = ({ agent_name, response_model, request_model }: Json): boolean =>
  text(agent_name)?.startsWith('nes.') === true ||
  /^copilot-(?:nes|suggestions)/.test(text(response_model) ?? text(request_model) ?? '');
