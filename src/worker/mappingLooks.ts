import { previewMapping } from './mappingPreview';
import { createPriceBook } from '../pricing/prices';
import type { Jobs } from './jobs';
import type { Mappings } from './mappings';
import type { ImportProgress } from '../shared/model';
import type { LedgerApi } from '../shared/protocol';

interface Looking {
  readonly mappings: () => Mappings;
  readonly jobs: Jobs;
  readonly told: (job: string, progress: ImportProgress) => void;
}

/** Looks into files that a mapping is made for; nothing is stored. */
export const mappingLooks = ({
  mappings,
  jobs,
  told,
}: Looking): Pick<LedgerApi, 'lookInto' | 'columnsAt' | 'previewMapping'> => ({
  lookInto: (path) => mappings().look(path),
  columnsAt: (path, place) => mappings().columns(path, place),
  previewMapping: (name, path, mappingName, mapping) =>
    jobs.run(name, (job) =>
      mappings().withIo((io) =>
        previewMapping(io, {
          ...{ path, mapping, name: mappingName, book: createPriceBook(), pause: () => job.pause() },
          told: (calls, share) =>
            told(name, {
              file: path,
              fileIndex: 0,
              files: 1,
              calls,
              ...(share === undefined ? {} : { share }),
            }),
        }),
      ),
    ),
});
