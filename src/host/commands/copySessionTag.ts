import * as vscode from 'vscode';
import { register, type SessionTarget } from '../contributions';
import { sessionOf } from '../pickSession';
import { reported } from '../report';
import { UserError } from '../../shared/errors';
import type { Views } from '../tree/views';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Copy Session Tag": the whole tag, `chat_model_<6 hex>_<counter>` or what the source has recorded. */
export function registerCopySessionTag(services: Services, views: Views): Disposable {
  const copy = async (target?: SessionTarget) => {
    const key = await sessionOf(services, views, target);
    if (key === undefined) return;
    const tag = (await services.ledger.session(key, services.question().mode))?.tag;
    if (tag == null) {
      throw new UserError(
        'This session has no tag: only one with a call that names a model gets one, when it is imported.',
      );
    }
    await vscode.env.clipboard.writeText(tag);
  };
  return register('traceLedger.copySessionTag', reported(services.report, copy));
}
