/** What a field may hold that was written by someone else, or is damaged. */
export const wrongValues: readonly unknown[] = [
  ...[null, true, -7, 1e30, 0.5, 'NaN', '', 'words', '-1', [], [1], [[[]]], {}, { a: { a: {} } }],
];

/** Copies of a record, each with one field anywhere in it replaced by a wrong value or left out. */
export function* damaged(record: unknown): Generator<unknown> {
  if (typeof record !== 'object' || record === null) return;
  const list: readonly unknown[] | undefined = Array.isArray(record) ? record : undefined;
  const entries = Object.entries(record) as [string, unknown][];
  for (const [name, value] of entries) {
    const others = entries.filter(([other]) => other !== name);
    const rebuilt = (field: readonly [string, unknown][]): unknown =>
      list
        ? [...list.slice(0, Number(name)), ...field.map(([, one]) => one), ...list.slice(Number(name) + 1)]
        : Object.fromEntries([...others, ...field]);
    yield rebuilt([]);
    for (const wrong of wrongValues) yield rebuilt([[name, wrong]]);
    for (const inner of damaged(value)) yield rebuilt([[name, inner]]);
  }
}

/** Whether all numbers of some facts are such as can be added up. */
export const isSound = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isFinite(value) && value >= 0
    : typeof value !== 'object' || value === null || Object.values(value).every(isSound);
