import { providerId } from './modelNames';

/** Whether a subscription pays, by `source <importer id>` and `provider <id>`. */
export type InclusionRules = ReadonlyMap<string, boolean>;

export interface ParsedInclusions {
  readonly rules: InclusionRules;
  /** What is wrong, a sentence an entry; none of them may be used then. */
  readonly problems: readonly string[];
}

const key = /^(source|provider):([\w./@-]{1,100})$/;
const mostEntries = 200;

/** The setting `traceLedger.included` as somebody wrote it: `{"source:claude-code": true, "provider:copilot": false}`. */
export function parseIncluded(value: unknown): ParsedInclusions {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refused([
      'The setting traceLedger.included is to be an object such as {"source:claude-code": true}.',
    ]);
  const entries = Object.entries(value);
  if (entries.length > mostEntries)
    return refused([
      `The setting traceLedger.included has more than ${mostEntries} entries; leave out some.`,
    ]);
  const problems = entries.flatMap(([name, pays]) => {
    if (!key.test(name))
      return [
        `${name.slice(0, 60)} in the setting traceLedger.included is no place: write source: with the id of a format, or provider: with its name.`,
      ];
    return typeof pays === 'boolean'
      ? []
      : [`${name} in the setting traceLedger.included is to be true or false.`];
  });
  return problems.length > 0 ? refused(problems) : { rules: new Map(entries.map(ruleOf)), problems };
}

const refused = (problems: readonly string[]): ParsedInclusions => ({ rules: new Map(), problems });

function ruleOf([name, pays]: [string, unknown]): [string, boolean] {
  const [, kind, id] = key.exec(name)!;
  return [kind === 'source' ? `source ${id}` : `provider ${providerId(id!)}`, pays as boolean];
}

/** What the rules say of a call: its source goes before its provider. Undefined where they say nothing. */
export function isIncludedBy(
  rules: InclusionRules,
  provider: string | undefined,
  importer: string | undefined,
): boolean | undefined {
  if (rules.size === 0) return undefined;
  return (
    (importer === undefined ? undefined : rules.get(`source ${importer}`)) ??
    (provider ? rules.get(`provider ${providerId(provider)}`) : undefined)
  );
}
