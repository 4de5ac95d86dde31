import { inferProvider } from '../pricing/modelNames';
import type { BillLine } from './line';

const tiers = /^(priority|batch|flex)\s*\|\s*/i;
/** What comes after the model, where that is not known by its own name. */
const directions = /^(?:cached )?input\b|^output\b|^cache writes?\b|^(?:audio|image|text|training)\b/i;

/**
 * OpenAI tells model and kind of charge in one text: `gpt-4o-mini-2024-07-18, cached input`,
 * `priority | gpt-5.6-sol, output, long context`, `gpt-audio-mini audio, input`. What names no model, such as
 * `web search tool calls`, is an item of its own; no text is all of the day.
 */
export function openAiLineItem(text: string | undefined): Pick<BillLine, 'model' | 'item' | 'tier'> {
  if (text === undefined) return { model: null, item: '', tier: '' };
  const tier = tiers.exec(text)?.[1]?.toLowerCase() ?? '';
  const plain = text.replace(tiers, '').trim();
  const comma = plain.indexOf(',');
  const head = (comma < 0 ? plain : plain.slice(0, comma)).trim();
  const rest = comma < 0 ? '' : plain.slice(comma + 1).trim();
  const [name = '', ...modality] = head.split(/\s+/);
  if (isModel(name, head, rest)) return { model: name, item: [...modality, rest].join(' ').trim(), tier };
  // `GPT-4 Turbo`: a name for people.
  const spoken = head.toLowerCase().replace(/\s+/g, '-');
  const isName = rest === '' && /\d/.test(spoken) && inferProvider(spoken) !== undefined;
  return isName ? { model: spoken, item: '', tier } : { model: null, item: plain, tier };
}

function isModel(name: string, head: string, rest: string): boolean {
  const known = /^ft[-:]./.test(name) || inferProvider(name.toLowerCase()) !== undefined;
  // Other words beside it make it a name for people, or a phrase.
  if (known) return head === name || directions.test(head.slice(name.length).trim());
  return head === name && /\d/.test(name) && directions.test(rest);
}
