import { count, label, list, object, text } from '../json';
import type { Json } from '../json';

type Scalar = string | number | boolean;

/** Attributes by name. Lists and maps are not among them: nothing that is counted stands in one. */
export type Attributes = ReadonlyMap<string, Scalar>;

/** Attributes as OTLP has them (`[{ key, value: { intValue: "1" } }]`), or as some writers do, as a plain object. */
export function attributesOf(value: unknown): Attributes {
  const plain = object(value);
  if (plain) return new Map(Object.entries(plain).flatMap(([key, own]) => entry(key, scalar(own))));
  return new Map(
    list(value).flatMap((item) => {
      const { key, value: own } = object(item) ?? {};
      return typeof key === 'string' ? entry(key, valueIn(own)) : [];
    }),
  );
}

const entry = (key: string, value: Scalar | undefined): [string, Scalar][] =>
  value === undefined ? [] : [[key, value]];

const scalar = (value: unknown): Scalar | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;

const wrappers = ['string', 'int', 'double', 'bool'].flatMap((type) => [`${type}Value`, `${type}_value`]);

function valueIn(value: unknown): Scalar | undefined {
  const wrapped = object(value);
  if (!wrapped) return scalar(value);
  return wrappers.map((name) => scalar(wrapped[name])).find((own) => own !== undefined);
}

/** A field of the protocol: camel case by its JSON mapping, or with its name as in the `.proto`. */
export const field = (from: Json, name: string): unknown =>
  from[name] ?? from[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];

const firstOf =
  <T>(read: (value: unknown) => T | undefined) =>
  (attributes: Attributes, names: readonly string[]): T | undefined => {
    for (const name of names) {
      const found = read(attributes.get(name));
      if (found !== undefined) return found;
    }
    return undefined;
  };

/** The first of these attributes that is a count. */
export const countIn = firstOf(count);
export const textIn = firstOf(text);
/** The first of these attributes that is an id or a name, cut to 200 characters. */
export const labelIn = firstOf((value) => label(value)?.slice(0, 200));
