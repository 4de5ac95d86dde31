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
  return {
    ask: (query) => answer(services, query, now()),
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

async function answer({ ledger, question }: Asking, query: PanelQuery, now: number): Promise<PanelAnswer> {
  const span = spanOf(query, now, question().zone);
  const filter: Filter = { ...query.filter, ...span };
  const asked = question(filter);
  const guess = query.interval === 'auto' ? fitting(span, undefined) : query.interval;
  const [data, status] = await Promise.all([ledger.panel(asked, guess), ledger.status()]);
  const interval = query.interval === 'auto' ? fitting(span, data) : guess;
  return {
    // An open end is only known once the ledger has said how far its calls reach.
    data: interval === guess ? data : await ledger.panel(asked, interval),
    mode: asked.mode,
    zone: asked.zone,
    interval,
    ...span,
    status,
  };
}

/** The interval that suits the period, its open ends being those of the calls themselves. */
function fitting({ since, until }: TimeSpan, data: PanelData | undefined): Interval {
  const first = since ?? data?.span?.first;
  const last = until ?? data?.span?.last;
  return first === undefined || last === undefined ? 'day' : autoInterval(first, last);
}
