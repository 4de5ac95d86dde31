import { importPlaces } from './importFiles';
import { register, type SourceTarget } from '../contributions';
import { sourceOf } from '../pickSource';
import { reported } from '../report';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Re-import Source": reads it again from its start. What is known already is updated, nothing is doubled. */
export function registerReimportSource(services: Services): Disposable {
  const run = async (target?: SourceTarget) => {
    const source = await sourceOf(services, target);
    return source && importPlaces(services, [source.path], { force: true });
  };
  return register('traceLedger.reimportSource', reported(services.report, run));
}
