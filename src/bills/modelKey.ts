import { candidates, inferProvider, providerId } from '../pricing/modelNames';

/**
 * What a model is called in a bill and in traces alike: without provider, date, `latest` and the ways of writing a
 * version. `Claude Sonnet 4.5`, `claude-sonnet-4-5-20250929` and `anthropic/claude-sonnet-4.5` are one. Dated
 * snapshots of one model are one, since traces often name the undated one and bills never do.
 */
export function modelKey(provider: string | null, name: string): string {
  const plain = name.trim().toLowerCase().replace(/\s+/g, '-');
  const tuned = /^ft[:-]([^:]+)/.exec(plain);
  if (tuned) return `ft-${modelKey(provider, tuned[1]!)}`;
  const undated = plain.replace(/-latest$/, '');
  const found = candidates(provider ?? undefined, undated).at(-1)?.model ?? undated;
  return found
    .replace(/(\d)\.(\d)/g, '$1-$2')
    .replace(/^claude-(\d+(?:-\d+)?)-(opus|sonnet|haiku)\b/, 'claude-$2-$1');
}

/** Who is paid for a call: as it is recorded, else the vendor that the model's name tells. */
export const billedBy = (provider: string | null, model: string | null): string =>
  providerId(provider ?? inferProvider(model ?? '') ?? '');
