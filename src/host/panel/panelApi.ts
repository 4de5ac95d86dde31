import { invoke } from '../contributions';
import { autoInterval, resolvePeriod } from '../../shared/period';
import type { Filter } from '../../shared/model';
import type { Interval, PanelAnswer, PanelApi, PanelData, PanelQuery } from '../../shared/protocol';
import type { TimeSpan } from '../../shared/period';
import type { Services } from '../services';

type Asking = Pick<Services, 'ledger' | 'question'>;

/** What the panel may ask, answered from the ledger in the cost mode and the time zone of the settings. */
export function panelApi(
  services: Asking,
  takeFilter: () => PanelQuery['filter'] | undefined,
  now: () => number = Date.now,
): PanelApi {
  // How far the calls reached last time: only a guess that saves asking twice.
  let reach: TimeSpan = {};
  return {
    ask: async (query) => {
      const found = await answer(services, query, now(), reach);
      reach = reachOf(found.data);
      return found;
    },
    requestedFilter: async () => takeFilter(),
    openSession: async (key) => void (await invoke('traceLedger.showSession', key)),
    editNote: async (key) => void (await invoke('traceLedger.editNote', key)),
    setCostMode: async (mode) => void (await invoke('traceLedger.setCostMode', mode)),
    importFiles: async () => void (await invoke('traceLedger.importFiles')),
    loadSampleData: async () => void (await invoke('traceLedger.loadSampleData')),
    exportData: async (query) => {
      const { zone } = services.question();
      const filter = { ...query.filter, ...spanOf(query, now(), zone) };
      await invoke('traceLedger.export', { filter });
    },
  };
}

const spanOf = ({ period, from, to }: PanelQuery, now: number, zone: string): TimeSpan =>
  resolvePeriod(period, from, to, now, zone);

const reachOf = ({ span }: PanelData): TimeSpan => (span ? { since: span.first, until: span.last } : {});

async function answer(
  { ledger, question }: Asking,
  query: PanelQuery,
  now: number,
  reach: TimeSpan,
): Promise<PanelAnswer> {
  const span = spanOf(query, now, question().zone);
  const asked = question({ ...query.filter, ...span } satisfies Filter);
  const guess = intervalFor(query.interval, { ...reach, ...span });
  const [data, status] = await Promise.all([ledger.panel(asked, guess), ledger.status()]);
  const interval = intervalFor(query.interval, { ...reachOf(data), ...span });
  return {
    // Open ends of a period are those of the calls, which only the ledger knows.
    data: interval === guess ? data : await ledger.panel(asked, interval),
    mode: asked.mode,
    zone: asked.zone,
    interval,
    ...span,
    status,
  };
}

const intervals = ['hour', 'day', 'week', 'month'] as const satisfies readonly Interval[];
const hours: Readonly<Record<Interval, number>> = { hour: 1, day: 24, week: 168, month: 720 };
const mostBuckets = 1500;

/** What was chosen, or the next longer interval where that would be more bars than anyone can draw. */
export function intervalFor(chosen: Interval | 'auto', { since, until }: TimeSpan): Interval {
  if (since === undefined || until === undefined) return 'month';
  if (chosen === 'auto') return autoInterval(since, until);
  const fits = (interval: Interval) => (until - since) / 3_600_000 / hours[interval] <= mostBuckets;
  return intervals.slice(intervals.indexOf(chosen)).find(fits) ?? 'month';
}
