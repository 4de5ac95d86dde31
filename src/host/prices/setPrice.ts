import { modelOf } from './modelOf';
import { modelLabel } from './modelPriceItem';
import { entryName, writePrice } from './writePrice';
import { register } from '../contributions';
import { back, inputStep } from '../mapping/pickStep';
import { reported } from '../report';
import { UserError } from '../../shared/errors';
import { decimalRate } from '../../shared/priceText';
import type { PriceChoice, PriceTarget } from './priceTarget';
import type { PriceEntry } from './writePrice';
import type { Services } from '../services';
import type { Views } from '../tree/views';
import type { Disposable } from '../../shared/emitter';
import type { ChargedPart } from '../../shared/explanation';
import type { ModelPrice } from '../../shared/modelPrices';

/** "Set Price...": asks for the rates of a model one by one, and writes them into the user's settings. */
export function registerSetPrice(services: Services, views: Views): Disposable {
  const run = async (target?: PriceTarget, given?: unknown): Promise<void> => {
    const row = await modelOf(services, views, target);
    if (!row) return;
    if (row.label === null)
      throw new UserError(
        'These calls name no model, so a price has nothing to hold on to. Choose another model.',
      );
    const choice = choiceOf(given) ?? (await ask(row));
    await writePrice(services, entryOf(row, choice));
  };
  return register('traceLedger.setPrice', reported(services.report, run));
}

/** From a context menu the second argument is the list of selected rows. */
const choiceOf = (given: unknown): PriceChoice | undefined =>
  typeof given === 'object' && given !== null && 'input' in given ? (given as PriceChoice) : undefined;

interface Question {
  readonly name: keyof PriceChoice;
  readonly title: string;
  readonly prompt: string;
  readonly check: (text: string) => string | undefined;
}

const highest = 1_000_000;

function checkAmount(text: string): string | undefined {
  const amount = amountOf(text);
  if (amount === undefined) return 'Type an amount in US dollars, such as 2.5';
  return amount > highest ? `Type at most ${highest}: it is the price of a million tokens` : undefined;
}

const amountOf = (text: string): number | undefined => {
  const [, digits] = /^\s*\$?\s*(\d+(?:\.\d+)?|\.\d+)\s*$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

const orNothing =
  (check: Question['check']): Question['check'] =>
  (text) =>
    text.trim() === '' ? undefined : check(text);

function checkDay(text: string): string | undefined {
  const day = text.trim();
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(day) : NaN;
  // Days that no month has are not passed on to the next.
  const isDay = !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
  return isDay ? undefined : 'Type a day, such as 2026-03-01';
}

const questions: readonly Question[] = [
  { name: 'input', title: 'Input', prompt: 'US dollars per million input tokens', check: checkAmount },
  { name: 'output', title: 'Output', prompt: 'US dollars per million output tokens', check: checkAmount },
  {
    name: 'cacheRead',
    title: 'Cache Read',
    prompt: 'US dollars per million tokens read from a cache; empty: as input',
    check: orNothing(checkAmount),
  },
  {
    name: 'cacheWrite',
    title: 'Cache Write',
    prompt: 'US dollars per million tokens written to a cache; empty: as input',
    check: orNothing(checkAmount),
  },
  {
    name: 'from',
    title: 'In Force From',
    prompt: 'The first day of this price (midnight UTC); empty: it holds for all calls',
    check: orNothing(checkDay),
  },
];

/** One question after the other; Back leads to the one before. @throws CancellationError when the user gave up. */
async function ask(row: ModelPrice): Promise<PriceChoice> {
  const answers = present(row);
  for (let at = 0; at < questions.length;) {
    const { name, title, prompt, check } = questions[at]!;
    const frame = {
      title: `Price of ${modelLabel(row)}: ${title}`,
      step: at + 1,
      totalSteps: questions.length,
    };
    const answer = await inputStep(frame, { prompt, value: answers.get(name) ?? '', check });
    if (answer !== back) answers.set(name, answer);
    at += answer === back ? -1 : 1;
  }
  const amount = (name: keyof PriceChoice): number | undefined => amountOf(answers.get(name) ?? '');
  return {
    // Both were checked before they were taken.
    ...{ input: amount('input')!, output: amount('output')! },
    ...some('cacheRead', amount('cacheRead')),
    ...some('cacheWrite', amount('cacheWrite')),
    ...some('from', answers.get('from')?.trim() || undefined),
  };
}

const some = <K extends string, V>(name: K, value: V | undefined): Partial<Readonly<Record<K, V>>> =>
  value === undefined ? {} : ({ [name]: value } as Partial<Readonly<Record<K, V>>>);

/** The rates in force, as they would be typed. */
function present({ price }: ModelPrice): Map<keyof PriceChoice, string> {
  const answers = new Map<keyof PriceChoice, string>();
  for (const name of ['input', 'output', 'cacheRead', 'cacheWrite'] as const) {
    const usd = baseRate(price, name);
    if (usd !== undefined) answers.set(name, decimalRate(usd));
  }
  if (price?.source?.kind === 'user' && price.from !== undefined)
    answers.set('from', new Date(price.from).toISOString().slice(0, 10));
  return answers;
}

const baseRate = (price: ModelPrice['price'], part: ChargedPart): number | undefined =>
  price?.rates.find((rate) => rate.part === part && rate.over === undefined)?.usd;

/** An entry is the whole price: what is not asked for stays as it is, but for other prices of long requests. */
function entryOf({ name, price }: ModelPrice, { from, ...asked }: PriceChoice): PriceEntry {
  const base = (part: ChargedPart): number | undefined => baseRate(price, part);
  const kept = (['cacheWrite1h', 'audioInput', 'audioCached', 'audioOutput', 'reasoning'] as const).map(
    (part) => some(part, base(part)),
  );
  const [request, image] = [base('request'), base('image')];
  const perHour = {
    ...some('audioInput', base('audioInputHour')),
    ...some('audioOutput', base('audioOutputHour')),
  };
  return {
    ...entryName(name),
    ...some('from', from),
    prices: { ...asked, ...(Object.assign({}, ...kept) as PriceEntry) },
    ...(Object.keys(perHour).length === 0 ? {} : { perHour }),
    ...some('perRequest', request === undefined ? undefined : request / 1000),
    ...some('perImage', image),
  };
}
