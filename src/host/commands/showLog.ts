import { register } from '../contributions';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

export const registerShowLog = ({ log }: Services): Disposable =>
  register('traceLedger.showLog', () => log.show());
