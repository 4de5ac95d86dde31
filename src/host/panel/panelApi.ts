import { invoke, setting } from '../contributions';
import { isReadingOn } from '../reading';
import { intervalFor } from './panelInterval';
import { resolvePeriod } from '../../shared/period';
import type { Filter } from '../../shared/model';
import type { PanelAnswer, PanelApi, PanelData, PanelQuery } from '../../shared/protocol';
import type { TimeSpan } from '../../shared/period';
import type { Services } from '../services';

type Asking = Pick<Services, 'ledger' | 'question' | 'money'>;

/** What the panel may ask, answered from the ledger in the cost mode and the time zone of the settings. */
export function panelApi(
  services: Asking,
  takeFilter: () => PanelQuery['filter'] | undefined,
  now: () => number = Date.now,
): PanelApi {
  // How far the calls reached last time: only a guess that saves asking twice.
  let reach: TimeSpan = {};
  const filterOf = (query: PanelQuery): Filter => ({
    ...query.filter,
    ...spanOf(query, now(), services.question().zone),
  });
  return {
    ask: async (query) => {
      const found = await answer(services, query, now(), reach);
      reach = reachOf(found.data);
      return found;
    },
    requestedFilter: async () => takeFilter(),
    openSession: async (key) => void (await invoke('traceLedger.showSession', key)),
    editNote: async (key) => void (await invoke('traceLedger.editNote', key)),
    setCostMode: async (mode) => {
      await invoke('traceLedger.setCostMode', mode, { preview: true });
      return setting('traceLedger.costMode') === mode;
    },
    enable: async () => void (await invoke('traceLedger.enable')),
    importFiles: async () => void (await invoke('traceLedger.importFiles')),
    loadSampleData: async () => void (await invoke('traceLedger.loadSampleData')),
    exportData: async (query) => void (await invoke('traceLedger.export', { filter: filterOf(query) })),
    explainCost: async (query) => void (await invoke('traceLedger.explainCost', { filter: filterOf(query) })),
    whatIf: async (query) => void (await invoke('traceLedger.whatIf', { filter: filterOf(query) })),
  };
}

const spanOf = ({ period, from, to }: PanelQuery, now: number, zone: string): TimeSpan =>
  resolvePeriod(period, from, to, now, zone);

const reachOf = ({ span }: PanelData): TimeSpan => (span ? { since: span.first, until: span.last } : {});

async function answer(
  { ledger, question, money }: Asking,
  query: PanelQuery,
  now: number,
  reach: TimeSpan,
): Promise<PanelAnswer> {
  const span = spanOf(query, now, question().zone);
  const asked = question({ ...query.filter, ...span } satisfies Filter);
  const guess = intervalFor(query.interval, { ...reach, ...span });
  const [data, status] = await Promise.all([ledger.panel(asked, guess), ledger.status()]);
  const interval = intervalFor(query.interval, { ...reachOf(data), ...span });
  const { currency } = money();
  return {
    // Open ends of a period are those of the calls, which only the ledger knows.
    data: interval === guess ? data : await ledger.panel(asked, interval),
    mode: asked.mode,
    zone: asked.zone,
    interval,
    ...(currency ? { currency } : {}),
    ...span,
    status,
    ...(isReadingOn() ? {} : { isOff: true }),
  };
}
