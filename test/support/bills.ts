import type { Reconciliation, Suspect } from '../../src/shared/bill';

/** An answer of OpenAI about costs in June 2026. */
export const costs = (
  ...lines: (readonly [day: number, item: string | null, usd: string, project?: string])[]
): string =>
  JSON.stringify({
    object: 'page',
    data: lines.map(([day, item, usd, project = null]) => ({
      object: 'bucket',
      start_time: Date.UTC(2026, 5, day) / 1000,
      results: [
        {
          object: 'organization.costs.result',
          amount: { value: Number(usd), currency: 'usd' },
          line_item: item,
          project_id: project,
        },
      ],
    })),
  });

/** What a reconciliation suspects of a kind. */
export function suspect({ suspects }: Reconciliation, kind: Suspect['kind']): Suspect {
  const found = suspects.find((one) => one.kind === kind);
  if (!found) throw new Error(`no suspect ${kind}`);
  return found;
}
