import { billFields } from '../shared/bill';
import { UserError } from '../shared/errors';
import type { Values } from './commandLine';
import type { BillColumns, BillField } from '../shared/bill';

/** What stands where in a table of no known provider, as `parseArgs` takes it. */
export const billOptions = {
  column: { type: 'string', multiple: true },
  provider: { type: 'string' },
  'day-first': { type: 'boolean' },
  'month-first': { type: 'boolean' },
  'cached-inside': { type: 'boolean' },
} as const;

/** @throws UserError for wrong use. */
export function billColumns(values: Values): BillColumns | undefined {
  const told = (values.column ?? []) as readonly string[];
  const provider = values.provider as string | undefined;
  if (told.length === 0) {
    const stray = Object.keys(billOptions).find((name) => values[name] !== undefined);
    if (stray) throw new UserError(`--${stray} needs --column: it is for tables of no known provider.`);
    return undefined;
  }
  if (values['day-first'] && values['month-first'])
    throw new UserError('--day-first and --month-first exclude each other.');
  return {
    fields: Object.fromEntries(told.map(fieldAndName)),
    ...(provider === undefined ? {} : { provider: provider.toLowerCase() }),
    ...(values['day-first'] || values['month-first'] ? { dayFirst: values['day-first'] === true } : {}),
    ...(values['cached-inside'] ? { cachedInside: true } : {}),
  };
}

function fieldAndName(column: string): [BillField, string] {
  const [, name, value] = /^([A-Za-z]+)=(.+)$/.exec(column) ?? [];
  const field = billFields.find((one) => one === name);
  if (field === undefined || value === undefined)
    throw new UserError(`--column takes FIELD=NAME, where FIELD is one of ${billFields.join(', ')}.`);
  return [field, value];
}
