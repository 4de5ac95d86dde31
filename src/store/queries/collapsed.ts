import { storedCall } from './storedCall';
import { costOf, flag, usageColumns } from '../measures';
import type { Store } from '../store';
import type { CollapsedRow, CostMode } from '../../shared/model';
import type { SqlValue } from '../../sqlite/connection';

/**
 * What is in the ledger twice and counts once: by rule, by the format that tells it again and the one that counts, how
 * many calls there are and what they would have added. The dearest first.
 */
export function collapsed(store: Store, mode: CostMode): CollapsedRow[] {
  return store.db.read(() => {
    const groups = new Map<string, CollapsedRow>();
    const each = store.db.prepare(
      `SELECT scope.importer, coalesce((SELECT w.importer FROM call o JOIN scope w ON w.id = o.scope WHERE o.id = c.duplicate_of), ''),
         ${usageColumns.map((name) => `c.${name}`).join(', ')}, c.recorded, c.recorded_elsewhere, c.computed, c.flags
        FROM call c JOIN scope ON scope.id = c.scope WHERE c.duplicate_of IS NOT NULL`,
    );
    try {
      each.each([], (row) => addTo(groups, row, mode));
    } finally {
      each.free();
    }
    addCompacted(store, groups, mode);
    return [...groups.values()].sort((a, b) => b.cost - a.cost || b.calls - a.calls);
  });
}

/** Of those that are kept as sums. */
function addCompacted({ db }: Store, groups: Map<string, CollapsedRow>, mode: CostMode): void {
  const cost = mode === 'auto' ? 'cost_auto' : mode;
  const rows = db.rows(
    `SELECT s.importer, w.importer, d.across, sum(d.calls), sum(d.tokens), sum(d.${cost}), sum(d.unpriced_${mode})
      FROM compacted_duplicate d JOIN source s ON s.id = d.source JOIN source w ON w.id = d.counted_in GROUP BY 1, 2, 3`,
  );
  for (const [importer, counted, across, calls, tokens, sum, unpricedCalls] of rows)
    join(groups, {
      rule: across === 1 ? 'response' : 'account',
      ...{ importer: importer as string, counted: counted as string },
      ...{ calls: calls as number, tokens: tokens as number, cost: sum as number },
      unpricedCalls: unpricedCalls as number,
    });
}

function join(groups: Map<string, CollapsedRow>, row: CollapsedRow): void {
  const key = [row.rule, row.importer, row.counted].join(' ');
  const before = groups.get(key);
  groups.set(
    key,
    before
      ? {
          ...before,
          calls: before.calls + row.calls,
          tokens: before.tokens + row.tokens,
          cost: before.cost + row.cost,
          unpricedCalls: before.unpricedCalls + row.unpricedCalls,
        }
      : row,
  );
}

function addTo(groups: Map<string, CollapsedRow>, row: readonly SqlValue[], mode: CostMode): void {
  const [importer, counted, ...rest] = row as [string, string, ...SqlValue[]];
  const call = storedCall(rest);
  const rule = (call.flags & flag.acrossFormats) !== 0 ? 'response' : 'account';
  const cost = costOf(call, mode);
  join(groups, {
    ...{ rule, importer, counted, calls: 1 },
    tokens: call.usage.slice(0, 4).reduce((sum, tokens) => sum + tokens, 0),
    cost: cost.usd ?? 0,
    unpricedCalls: cost.usd === undefined ? 1 : 0,
  });
}
