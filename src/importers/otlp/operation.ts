import { textIn } from './attributes';
import type { Attributes } from './attributes';

/** What decides whether a span is a call. */
export interface Asked {
  readonly name: string;
  readonly attributes: Attributes;
  readonly isRoot: boolean;
  readonly model: string | undefined;
  readonly provider: string | undefined;
  /** It tells tokens or a cost. */
  readonly used: boolean;
}

type Operation = 'inference' | 'wrapper' | 'agent' | 'none';

const inference = new Set(
  (
    'chat generate_content text_completion embeddings completion completions embedding rerank response responses ' +
    'messages call_llm image_generation generate_image transcription speech text_to_speech speech_to_text'
  ).split(' '),
);
const agents = new Set('invoke_agent invoke_workflow create_agent plan agent workflow chain task'.split(' '));
const others = new Set(
  'execute_tool retrieval retriever tool guardrail evaluator prompt decision'.split(' '),
);

/**
 * In which account of its trace a span counts, the lowest first: 0 for a request to a model, then what repeats the sum
 * of requests: the Vercel SDK's outer span, then agents and workflows, those with a model first and of these the
 * outermost, which holds the sums of the others. Undefined if it is none of these, or repeats nothing. It follows from
 * the span alone, as others of its trace may stand in another file.
 */
export function rankOf(asked: Asked): number | undefined {
  const operation = operationOf(asked);
  if (operation === 'inference') return 0;
  if (operation === 'none' || !asked.used) return undefined;
  if (operation === 'wrapper') return 1;
  return 2 + (asked.model === undefined ? 2 : 0) + (asked.isRoot ? 0 : 1);
}

function operationOf(asked: Asked): Operation {
  const { attributes, name } = asked;
  // Logfire announces a span before it ends, under another id.
  if (attributes.get('logfire.span_type') === 'pending_span') return 'none';
  const vercel = textIn(attributes, ['ai.operationId']);
  if (vercel !== undefined) return vercelOperation(vercel);
  const told = toldBy(attributes);
  if (told) return told;
  if (/^(?:invoke_agent|invoke_workflow|agent run)\b/i.test(name)) return 'agent';
  if (asked.model === undefined) return 'agent';
  return asked.used || asked.provider !== undefined ? 'inference' : 'none';
}

/** `ai.generateText` holds the sums of its steps, `ai.generateText.doGenerate`. */
function vercelOperation(id: string): Operation {
  if (/\.do[A-Z]\w*$/.test(id)) return 'inference';
  return id === 'ai.toolCall' ? 'none' : 'wrapper';
}

/** The conventions, OpenLLMetry's requests, OpenInference, OpenLLMetry's workflows. */
function toldBy(attributes: Attributes): Operation | undefined {
  for (const name of [
    'gen_ai.operation.name',
    'llm.request.type',
    'openinference.span.kind',
    'traceloop.span.kind',
  ]) {
    const word = textIn(attributes, [name])?.trim().toLowerCase();
    if (word === undefined) continue;
    if (inference.has(word) || word === 'llm' || word === 'reranker') return 'inference';
    if (agents.has(word)) return 'agent';
    if (others.has(word)) return 'none';
  }
  return undefined;
}
