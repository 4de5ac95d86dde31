import { mappedFields } from '../../shared/mapping';
import type { MappedField, Mapping } from '../../shared/mapping';

/** A value that is read of each record. Labels are ids and names, which are text even where they are large numbers. */
export interface Slot {
  readonly path: string;
  readonly isLabel: boolean;
}

/** What is read of each record, and which of it is what. */
export interface Layout {
  readonly slots: readonly Slot[];
  /** Positions in `slots`. */
  readonly id: readonly number[];
  readonly field: Readonly<Partial<Record<MappedField, number>>>;
  readonly where: readonly { readonly slot: number; readonly oneOf: readonly string[] }[];
}

const labels: readonly MappedField[] = ['session', 'user', 'model', 'provider'];

/** Where records have no id, what their table must hold is read too, so that it tells them apart. */
export function layoutOf({ files, id = [], fields, where = {} }: Mapping): Layout {
  const slots: Slot[] = [];
  const add = (path: string, isLabel: boolean): number => {
    const known = slots.findIndex((slot) => slot.path === path && slot.isLabel === isLabel);
    return known >= 0 ? known : slots.push({ path, isLabel }) - 1;
  };
  const ids = id.map((path) => add(path, true));
  const field: Partial<Record<MappedField, number>> = {};
  for (const name of mappedFields) {
    const path = fields[name];
    if (path !== undefined) field[name] = add(path, labels.includes(name));
  }
  const conditions = Object.entries(where).map(([path, value]) => ({
    slot: add(path, true),
    // SQLite knows truth as a number.
    oneOf: typeof value === 'boolean' ? [String(value), value ? '1' : '0'] : [String(value)],
  }));
  if (id.length === 0 && files.format === 'sqlite') for (const column of files.columns) add(column, true);
  return { slots, id: ids, field, where: conditions };
}
