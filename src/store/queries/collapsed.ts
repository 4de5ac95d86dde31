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
      `SELECT scope.importer, (SELECT w.importer FROM call o JOIN scope w ON w.id = o.scope WHERE o.id = c.duplicate_of),
         ${usageColumns.map((name) => `c.${name}`).join(', ')}, c.recorded, c.recorded_elsewhere, c.computed, c.flags
        FROM call c JOIN scope ON scope.id = c.scope WHERE c.duplicate_of IS NOT NULL`,
    );
    try {
      each.each([], (row) => addTo(groups, row, mode));
    } finally {
      each.free();
    }
    return [...groups.values()].sort((a, b) => b.cost - a.cost || b.calls - a.calls);
  });
}

function addTo(groups: Map<string, CollapsedRow>, row: readonly SqlValue[], mode: CostMode): void {
  const [importer, counted, ...rest] = row as [string, string, ...SqlValue[]];
  const call = storedCall(rest);
  const rule = (call.flags & flag.acrossFormats) !== 0 ? 'response' : 'account';
  const key = [rule, importer, counted].join(' ');
  const before = groups.get(key) ?? {
    rule,
    importer,
    counted,
    calls: 0,
    tokens: 0,
    cost: 0,
    unpricedCalls: 0,
  };
  const cost = costOf(call, mode);
  groups.set(key, {
    ...before,
    calls: before.calls + 1,
    tokens: before.tokens + call.usage.slice(0, 4).reduce((sum, tokens) => sum + tokens, 0),
    cost: before.cost + (cost.usd ?? 0),
    unpricedCalls: before.unpricedCalls + (cost.usd === undefined ? 1 : 0),
  });
}
