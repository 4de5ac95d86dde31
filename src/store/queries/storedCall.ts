import { usageColumns } from '../measures';
import type { StoredCall } from '../measures';
import type { SqlValue } from '../../sqlite/connection';

/** From usage columns followed by recorded, recorded_elsewhere, computed, flags. */
export function storedCall(row: readonly SqlValue[]): StoredCall {
  const [recorded, recordedElsewhere, computed, flags] = row.slice(usageColumns.length) as (number | null)[];
  return {
    usage: row.slice(0, usageColumns.length) as number[],
    recorded: recorded ?? undefined,
    recordedElsewhere: recordedElsewhere ?? undefined,
    computed: computed ?? undefined,
    flags: flags!,
  };
}
