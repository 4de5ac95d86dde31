import type { ForeignDb } from '../importer';

/** Which of a database's tables and columns are there: every writer of the format left some out. */
export interface Schema {
  has(table: string, column?: string): boolean;
  /** The column of `events` that holds US cents. */
  readonly cents: 'cost_usd' | 'cost_cents' | undefined;
}

export function schemaOf(tables: ForeignDb['tables']): Schema {
  const has = (table: string, column?: string): boolean => {
    const columns = tables.get(table);
    return columns !== undefined && (column === undefined || columns.includes(column));
  };
  const cents = (['cost_cents', 'cost_usd'] as const).find((name) => has('events', name));
  return { has, cents };
}

/** `events.<column>` or a NULL of the same position, so that rows have one shape whatever the writer. */
export const columnOrNull = (schema: Schema, table: string, column: string): string =>
  schema.has(table, column) ? `${table}."${column}"` : 'NULL';

/** What every writer of synth-ai tracing v3 has made, and nobody else is known to make. */
export function isSynthAi(tables: ForeignDb['tables']): boolean {
  const schema = schemaOf(tables);
  return (
    ['session_id', 'created_at'].every((column) => schema.has('session_traces', column)) &&
    ['id', 'session_id', 'event_type'].every((column) => schema.has('events', column)) &&
    (schema.cents !== undefined || schema.has('events', 'system_instance_id'))
  );
}
