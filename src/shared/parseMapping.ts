import { costUnits, latencyUnits, longestMappingName, mappedFields, timeUnits } from './mapping';
import type { MappedField, MappedPlace, Mapping } from './mapping';

type Members = Readonly<Record<string, unknown>>;

class Wrong extends Error {}

/** A mapping as somebody wrote it in the settings, or a sentence on what is wrong with it and how to put it right. */
export function parseMapping(name: string, value: unknown): Mapping | string {
  try {
    return read(name, value);
  } catch (error) {
    if (error instanceof Wrong)
      return `The mapping “${name}” in the setting traceLedger.mappings is left out: ${error.message}.`;
    throw error;
  }
}

const known = new Set(
  'files id ids fields units cachedInside reasoningInside costIsExact zeroIsFree where'.split(' '),
);

function read(name: string, value: unknown): Mapping {
  if (name.trim() === '' || name.length > longestMappingName || /[\u0000-\u001f]/.test(name))
    throw new Wrong(`a name has 1 to ${longestMappingName} characters on one line`);
  const all = membersOf(value, 'it is to be an object');
  const stray = Object.keys(all).find((key) => !known.has(key));
  if (stray !== undefined) throw new Wrong(`there is no ${stray}; correct the name`);
  const files = filesOf(all.files);
  const id = all.id === undefined ? undefined : namesOf(all.id, 'id');
  const ids = oneOf(all.ids, ['everywhere', 'perFile'] as const, 'ids');
  const fields = fieldsOf(all.fields);
  const where = whereOf(all.where);
  return {
    files,
    ...(id ? { id } : {}),
    ...(ids ? { ids } : {}),
    fields,
    ...unitsOf(all.units),
    ...switches(all),
    ...(where ? { where } : {}),
  };
}

function membersOf(value: unknown, sentence: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Wrong(sentence);
  return value as Members;
}

function filesOf(value: unknown): Mapping['files'] {
  const files = membersOf(value, 'files is to say which files it is for');
  const columns = namesOf(files.columns, 'files.columns');
  return { ...placeOf(files), columns };
}

function placeOf(files: Members): MappedPlace {
  const format = oneOf(files.format, ['sqlite', 'json', 'jsonLines', 'csv'] as const, 'files.format');
  if (format === undefined) throw new Wrong('files.format is missing');
  if (format === 'sqlite') {
    if (typeof files.table !== 'string' || files.table === '') throw new Wrong('files.table is missing');
    return { format, table: files.table };
  }
  if (format !== 'json') return { format };
  const array = files.array ?? '';
  if (typeof array !== 'string') throw new Wrong('files.array is to be the path of an array, as text');
  return { format, array };
}

/** One name or several. */
function namesOf(value: unknown, what: string): string[] {
  const names = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(names) || names.length === 0 || names.length > 50)
    throw new Wrong(`${what} is to be a list of 1 to 50 names`);
  return (names as unknown[]).map((name) => nameOf(name, what));
}

function nameOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 500)
    throw new Wrong(`${what} is to name a column or a path`);
  return value;
}

function fieldsOf(value: unknown): Mapping['fields'] {
  const fields = membersOf(value, 'fields is to say which column holds what');
  const names: readonly string[] = mappedFields;
  const stray = Object.keys(fields).find((field) => !names.includes(field));
  if (stray !== undefined) throw new Wrong(`fields knows no ${stray}: there are ${mappedFields.join(', ')}`);
  const told = mappedFields.flatMap((field): [MappedField, string][] =>
    fields[field] === undefined ? [] : [[field, nameOf(fields[field], `fields.${field}`)]],
  );
  const counted: readonly MappedField[] = ['model', 'inputTokens', 'outputTokens', 'cost'];
  if (!told.some(([field]) => counted.includes(field)))
    throw new Wrong('fields has to map at least one of model, inputTokens, outputTokens and cost');
  return Object.fromEntries(told);
}

function unitsOf(value: unknown): Pick<Mapping, 'units'> {
  if (value === undefined) return {};
  const units = membersOf(value, 'units is to be an object');
  const stray = Object.keys(units).find((name) => !['time', 'cost', 'latency'].includes(name));
  if (stray !== undefined) throw new Wrong(`units knows no ${stray}: there are time, cost, latency`);
  const time = oneOf(units.time, timeUnits, 'units.time');
  const cost = oneOf(units.cost, costUnits, 'units.cost');
  const latency = oneOf(units.latency, latencyUnits, 'units.latency');
  return { units: { ...(time ? { time } : {}), ...(cost ? { cost } : {}), ...(latency ? { latency } : {}) } };
}

function oneOf<T extends string>(value: unknown, words: readonly T[], what: string): T | undefined {
  if (value === undefined) return undefined;
  const word = words.find((one) => one === value);
  if (word === undefined) throw new Wrong(`${what} is to be one of ${words.join(', ')}`);
  return word;
}

const switchNames = ['cachedInside', 'reasoningInside', 'costIsExact', 'zeroIsFree'] as const;

function switches(all: Members): Partial<Record<(typeof switchNames)[number], boolean>> {
  const told = switchNames.flatMap((name) => {
    const value = all[name];
    if (value !== undefined && typeof value !== 'boolean') throw new Wrong(`${name} is to be true or false`);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(told) as Partial<Record<(typeof switchNames)[number], boolean>>;
}

function whereOf(value: unknown): Mapping['where'] {
  if (value === undefined) return undefined;
  const where = membersOf(value, 'where is to be an object of columns and values');
  const isValue = (one: unknown): one is string | number | boolean =>
    ['string', 'number', 'boolean'].includes(typeof one);
  if (!Object.values(where).every(isValue))
    throw new Wrong('where is to give each column a text, a number, true or false');
  return where as Readonly<Record<string, string | number | boolean>>;
}
