import { mappedFields } from '../../shared/mapping';
import { mappingOf, suggestCachedInside, suggestColumns } from '../../shared/suggestMapping';
import type {
  ColumnLook,
  CostUnit,
  FileLook,
  LatencyUnit,
  MappedField,
  MappedPlace,
  Mapping,
  TimeUnit,
} from '../../shared/mapping';

export type AskedField = MappedField | 'id';

export const askedFields: readonly AskedField[] = ['id', ...mappedFields];

/** What is said of fields beside their columns; absent until it is asked. */
interface Details {
  timeUnit?: TimeUnit | undefined;
  costUnit?: CostUnit | undefined;
  latencyUnit?: LatencyUnit | undefined;
  cachedInside?: boolean | undefined;
  reasoningInside?: boolean | undefined;
  costIsExact?: boolean | undefined;
}

/** The answers so far. */
export interface Draft extends Details {
  readonly look: FileLook;
  /** The mapping that reads the file already, which is changed. */
  readonly known?: { readonly name: string; readonly mapping: Mapping };
  place?: MappedPlace;
  columns: readonly ColumnLook[];
  chosen: Partial<Record<AskedField, string | null>>;
  name?: string;
  inWorkspace?: boolean;
}

/** A place was chosen: what the mapping that is changed says of it goes before what names suggest. */
export function begin(draft: Draft, place: MappedPlace, columns: readonly ColumnLook[]): void {
  draft.place = place;
  draft.columns = columns;
  const known = knownAt(draft);
  draft.chosen = known ? chosenIn(known) : suggestColumns(columns);
  Object.assign(draft, detailsOf(known));
}

const chosenIn = ({ id, fields }: Mapping): Draft['chosen'] =>
  Object.fromEntries(askedFields.map((field) => [field, (field === 'id' ? id?.[0] : fields[field]) ?? null]));

const detailsOf = (known: Mapping | undefined): Details => ({
  timeUnit: known?.units?.time,
  costUnit: known?.units?.cost,
  latencyUnit: known?.units?.latency,
  cachedInside: known?.cachedInside,
  reasoningInside: known?.reasoningInside,
  costIsExact: known?.costIsExact,
});

const placeKey = (place: MappedPlace): string => {
  if (place.format === 'sqlite') return `table ${place.table.toLowerCase()}`;
  return place.format === 'json' ? `array ${place.array}` : place.format;
};

function knownAt({ known, place }: Draft): Mapping | undefined {
  return known && place && placeKey(known.mapping.files) === placeKey(place) ? known.mapping : undefined;
}

export const columnOf = (draft: Draft, field: AskedField): ColumnLook | undefined =>
  draft.columns.find(({ path }) => path === draft.chosen[field]);

export const isMapped = (draft: Draft, ...fields: readonly AskedField[]): boolean =>
  fields.some((field) => draft.chosen[field] != null);

export const cachedInside = (draft: Draft): boolean =>
  draft.cachedInside ??
  suggestCachedInside(
    [draft.chosen.cacheReadTokens, draft.chosen.cacheWriteTokens].filter((path) => path != null),
  );

/** Something to be said of a mapping where it holds. */
const where = <T extends object>(holds: boolean, told: T): Partial<T> => (holds ? told : {});

/** The mapping of the answers so far. What the mapping that is changed says and nobody asks for stays. */
export function mappingOfDraft(draft: Draft): Mapping {
  const units = {
    ...where(isMapped(draft, 'time') && draft.timeUnit !== undefined, { time: draft.timeUnit! }),
    ...where(isMapped(draft, 'cost'), { cost: draft.costUnit ?? 'usd' }),
    ...where(isMapped(draft, 'latency'), { latency: draft.latencyUnit ?? 'ms' }),
  };
  const made = mappingOf({
    ...{ place: draft.place!, columns: draft.columns, chosen: draft.chosen },
    ...where(Object.keys(units).length > 0, { units }),
    ...where(isMapped(draft, 'cacheReadTokens', 'cacheWriteTokens'), { cachedInside: cachedInside(draft) }),
    ...where(isMapped(draft, 'reasoningTokens'), { reasoningInside: draft.reasoningInside ?? true }),
    ...where(isMapped(draft, 'cost'), { costIsExact: draft.costIsExact ?? true }),
  });
  const known = knownAt(draft);
  return known ? { ...made, ...unasked(known, draft) } : made;
}

/** An id of several columns is only asked for by its first one. */
const unasked = (
  { id, ids, zeroIsFree, where: condition }: Mapping,
  { chosen }: Draft,
): Partial<Mapping> => ({
  ...where(id !== undefined && id[0] === chosen.id, { id: id! }),
  ...where(ids !== undefined, { ids: ids! }),
  ...where(zeroIsFree !== undefined, { zeroIsFree: zeroIsFree! }),
  ...where(condition !== undefined, { where: condition! }),
});
