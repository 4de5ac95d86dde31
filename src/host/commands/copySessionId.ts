import * as vscode from 'vscode';
import { register, type SessionTarget } from '../contributions';
import { sessionOf } from '../pickSession';
import { reported } from '../report';
import type { Views } from '../tree/views';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Copy Session ID": the id that the source gave, as it stands there. */
export function registerCopySessionId(services: Services, views: Views): Disposable {
  const copy = async (target?: SessionTarget) => {
    const key = await sessionOf(services, views, target);
    if (key === undefined) return;
    const detail = await services.ledger.session(key, services.question().mode);
    await vscode.env.clipboard.writeText(detail?.id ?? key);
  };
  return register('traceLedger.copySessionId', reported(services.report, copy));
}
