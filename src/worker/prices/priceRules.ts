import { readFile, stat } from 'node:fs/promises';
import { contributes } from '../../../package.json';
import { parseIncluded } from '../../pricing/included';
import { parseUserPrices } from '../../pricing/parseUserPrices';
import { messageOf } from '../../shared/errors';
import { readSetting, writeSetting } from '../../store/settings';
import type { ChosenSets } from '../../pricing/priceSets';
import type { ChosenRules } from '../../pricing/prices';
import type { PriceRules } from '../../shared/repricing';
import type { Connection } from '../../sqlite/connection';

/** The rules as they stand in a store: what it was priced with, also where there are no settings. */
export interface StoredRules extends PriceRules {
  /** What stood in the file of prices when it was read. */
  readonly filePrices?: unknown;
}

const settingName = 'price rules';
const largestFile = 5_000_000;

/** As package.json has it, for where there are no settings. */
const defaultSets: ChosenSets = Object.fromEntries(
  Object.entries(contributes.configuration.properties).flatMap(([name, property]) => {
    const importer = /^traceLedger\.priceSet\.(.+)$/.exec(name)?.[1];
    const value: unknown = 'default' in property ? property.default : undefined;
    return importer === undefined || typeof value !== 'string' ? [] : [[importer, value]];
  }),
);

export const defaultRules: StoredRules = { prices: [], sets: defaultSets, included: {} };

/** The rules that a store was priced with. Inside a read. */
export function readRules(db: Connection): StoredRules {
  const stored = readSetting(db, settingName);
  if (typeof stored === 'string') return JSON.parse(stored) as StoredRules;
  // Stores of before had the parts one by one.
  const [prices, sets] = ['user prices', 'price sets'].map((name) => readSetting(db, name));
  return {
    ...defaultRules,
    ...(typeof prices === 'string' ? { prices: JSON.parse(prices) as unknown } : {}),
    ...(typeof sets === 'string' ? { sets: { ...defaultSets, ...(JSON.parse(sets) as ChosenSets) } } : {}),
  };
}

/** Inside a write. */
export const writeRules = (db: Connection, rules: StoredRules): void =>
  writeSetting(db, settingName, JSON.stringify(rules));

/** What the price book takes, or what is wrong: a sentence each. */
export interface CompiledRules {
  readonly chosen: ChosenRules;
  readonly problems: readonly string[];
}

export function compileRules(rules: StoredRules): CompiledRules {
  const own = parseUserPrices(rules.prices);
  const ofFile =
    rules.filePrices === undefined
      ? undefined
      : parseUserPrices(rules.filePrices, `the file ${rules.pricesFile ?? ''}`);
  const included = parseIncluded(rules.included);
  return {
    chosen: {
      own: [...own.prices, ...(ofFile?.prices ?? [])],
      sets: rules.sets,
      included: included.rules,
    },
    problems: [...own.problems, ...(ofFile?.problems ?? []), ...included.problems],
  };
}

/** The rules with what stands in their file. @returns a sentence when it cannot be read. */
export async function withFile(rules: PriceRules): Promise<StoredRules | string> {
  const all = { ...rules, sets: { ...defaultSets, ...rules.sets } };
  const path = rules.pricesFile;
  if (path === undefined) return all;
  const remedy = 'Correct the file or the setting traceLedger.pricesFile';
  try {
    const { size } = await stat(path);
    if (size > largestFile) return `The file of prices ${path} is larger than 5 MB. ${remedy}.`;
    const value: unknown = JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''));
    return { ...all, filePrices: pricesIn(value) };
  } catch (error) {
    return `The file of prices ${path} cannot be read (${messageOf(error)}). ${remedy}.`;
  }
}

/** A list, or an object with a list of `prices`, as the schema has it. */
const pricesIn = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'prices' in value
    ? value.prices
    : value;
