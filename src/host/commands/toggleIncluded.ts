import * as vscode from 'vscode';
import { register, type InclusionTarget } from '../contributions';
import { sessionOf } from '../pickSession';
import { sourceOf } from '../pickSource';
import { reported } from '../report';
import type { Views } from '../tree/views';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Include in or Exclude from Analytics": a session or a source; without a row of a tree it asks which. */
export function registerToggleIncluded(services: Services, views: Views): Disposable {
  const toggle = async (target?: InclusionTarget) => {
    const kind = target?.kind ?? (await pickKind());
    if (kind === 'source') await toggleSource(services, target?.kind === 'source' ? target : undefined);
    if (kind === 'session')
      await toggleSession(services, views, target?.kind === 'session' ? target : undefined);
  };
  return register('traceLedger.toggleIncluded', reported(services.report, toggle));
}

type TargetOf<Kind> = Extract<InclusionTarget, { readonly kind: Kind }>;

async function toggleSession(services: Services, views: Views, target?: TargetOf<'session'>): Promise<void> {
  const { ledger, question } = services;
  const key = await sessionOf(services, views, target);
  // What the row showed may be out of date by now.
  const session = key === undefined ? undefined : await ledger.session(key, question().mode);
  if (session) await ledger.setExcluded('session', session.key, !session.excluded);
}

async function toggleSource(services: Services, target?: TargetOf<'source'>): Promise<void> {
  const source = await sourceOf(services, target);
  if (source) await services.ledger.setExcluded('source', source.path, !source.excluded);
}

async function pickKind(): Promise<InclusionTarget['kind'] | undefined> {
  const items = [
    { what: 'session', label: 'A session…' },
    { what: 'source', label: 'A source…', detail: 'All sessions and calls that were read from it' },
  ] as const;
  const title = 'What to include in analytics or to exclude?';
  return (await vscode.window.showQuickPick(items, { title }))?.what;
}
