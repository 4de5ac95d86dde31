import { markdown } from '../session/figures';
import { joined, oneLine } from '../tree/rowText';
import { priceSourceText } from '../../shared/explanationText';
import { escapeMarkdown, firstLine, formatCount } from '../../shared/format';
import { forceText, priceText, rateName, rateText, shortSource } from '../../shared/priceText';
import type { ModelPriceNode, PriceDetailNode } from './priceNodes';
import type { ToldPrice } from '../../shared/modelPrices';

type Detail = Omit<PriceDetailNode, 'kind' | 'of' | 'details'> & { readonly details?: readonly Detail[] };

/** What stands below a model: each rate, where it is from and since when, other prices, its names, its note. */
export function priceDetails(node: ModelPriceNode): PriceDetailNode[] {
  const { price, others, why, unpricedCalls } = node.row;
  const all: readonly Detail[] = [
    ...(why === null
      ? []
      : [{ id: 'why', label: price ? 'Free' : 'No price', description: why, icon: 'info' }]),
    ...(price && unpricedCalls > 0 ? [withoutPart(unpricedCalls)] : []),
    ...(price ? ofPrice(price) : []),
    ...(price ? [inForce(price)] : []),
    ...(others.length > 0 ? [otherPrices(others)] : []),
    ...ofNames(node),
    ...noteOf(node),
  ];
  return all.map((detail) => belowModel(node, detail));
}

const belowModel = (of: ModelPriceNode, { details, ...detail }: Detail): PriceDetailNode => ({
  kind: 'priceDetail',
  of,
  ...detail,
  ...(details ? { details: details.map((one) => belowModel(of, one)) } : {}),
});

const withoutPart = (calls: number): Detail => ({
  id: 'unpriced',
  label: `${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'} unpriced`,
  description: 'Explain This Cost says why',
  icon: 'info',
});

/** The rates of a price, its factors, and where it is from. */
function ofPrice(price: ToldPrice, within = ''): Detail[] {
  const { rates, factors, source } = price;
  return [
    ...rates.map((rate) => ({
      id: `${within}rate ${rate.part} ${rate.over ?? ''}`,
      label: rateName(rate),
      description: rateText(rate),
      icon: 'symbol-number',
    })),
    ...Object.entries(factors).map(([tier, factor]) => ({
      id: `${within}tier ${tier}`,
      label: `Service tier ${oneLine(tier)}`,
      description: `rates times ${factor}`,
      icon: 'symbol-operator',
    })),
    ...(source ? [whereFrom(source, within)] : []),
  ];
}

const escape = (text: string): string => escapeMarkdown(oneLine(text, 1_000));

const whereFrom = (source: NonNullable<ToldPrice['source']>, within: string): Detail => ({
  id: `${within}source`,
  label: 'Where from',
  description: oneLine(joined(shortSource(source), source.note), 200),
  tooltip: markdown(priceSourceText(source, escape)),
  icon: 'book',
});

const inForce = (price: ToldPrice): Detail => ({
  id: 'force',
  label: 'In force',
  description: forceText(price) || 'for all calls, as far as is known',
  icon: 'calendar',
});

const otherPrices = (others: readonly ToldPrice[]): Detail => ({
  id: 'others',
  label: 'Other prices',
  description: 'earlier, later, or for some calls',
  icon: 'history',
  details: others.map((price) => {
    const id = `other ${price.importer ?? ''} ${price.source?.kind ?? ''} ${price.from ?? ''} ${price.until ?? ''}`;
    const { daily } = price.source ?? {};
    return {
      id,
      label: priceText(price),
      description: joined(
        price.importer && `calls of ${price.importer}`,
        forceText(price),
        daily && `${daily.start} to ${daily.end} of the UTC day`,
        price.source && shortSource(price.source),
      ),
      icon: 'tag',
      details: ofPrice(price, `${id} `),
    };
  }),
});

function ofNames({ row: { name, met, toldByName } }: ModelPriceNode): Detail[] {
  const names = [...new Set(met.map(({ model }) => oneLine(model)))].filter((model) => model !== '');
  const provider = {
    id: 'provider',
    label: 'Provider',
    description: `${oneLine(name.provider)}, ${toldByName ? 'as the name tells' : 'as recorded'}`,
    icon: 'organization',
  };
  const recorded = {
    id: 'names',
    label: 'Recorded as',
    description: names.join(', '),
    icon: 'symbol-string',
  };
  return [...(name.provider === '' ? [] : [provider]), ...(names.length === 0 ? [] : [recorded])];
}

function noteOf({ row: { note } }: ModelPriceNode): Detail[] {
  if (!note) return [];
  return [
    {
      id: 'note',
      label: 'Price note',
      description: oneLine(firstLine(note.text, 200), 200),
      tooltip: markdown(escapeMarkdown(note.text)),
      icon: 'note',
    },
  ];
}
