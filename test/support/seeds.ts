export const isLong = process.env.TRACE_LEDGER_LONG === '1';

/** Seeds of random worlds: a few of them, and all `many` in `npm run test:long`. SEEDS asks for another number. */
export const seeds = (few: number, many: number): readonly number[] =>
  Array.from({ length: Number(process.env.SEEDS ?? (isLong ? many : few)) }, (_, i) => i + 1);
