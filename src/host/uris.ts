import * as vscode from 'vscode';
import { schemes } from './contributions';
import { summaryTitle } from '../shared/summaryText';
import type { NamedSubject } from './costs/subject';
import type { SummaryQuery, SummarySpan } from '../shared/summary';
import type { ModelName } from '../shared/modelPrices';

/** The editable note of a session: `trace-ledger:/notes/<key>/<readable name>.md`. */
export const noteUri = (key: string): vscode.Uri => uri(schemes.note, 'notes', key, '.note.md');

/** The editable note on a model's price: `trace-ledger:/prices/<provider and model>/<readable name>.md`. */
export const priceNoteUri = ({ provider, model }: ModelName): vscode.Uri =>
  uri(schemes.note, 'prices', `${provider}:${model}`, '.price.md');

/** The model whose price a note is on; undefined for any other URI. */
export function modelNameOf(from: vscode.Uri): ModelName | undefined {
  const key = keyIn(from, schemes.note, 'prices');
  const cut = key?.indexOf(':') ?? -1;
  return key === undefined || cut < 0
    ? undefined
    : { provider: key.slice(0, cut), model: key.slice(cut + 1) };
}

/** The read-only document of a session: `trace-ledger-session:/sessions/<key>/<readable name>.md`. */
export const sessionUri = (key: string): vscode.Uri => uri(schemes.session, 'sessions', key, '.md');

/** The read-only explanation of a cost: `trace-ledger-explanation:/Cost of <title>.md?<subject>`. */
export const explanationUri = (named: NamedSubject): vscode.Uri =>
  vscode.Uri.from({
    scheme: schemes.explanation,
    path: `/Cost of ${named.title.replace(/[^\p{L}\p{N}._ -]+/gu, '-').slice(0, 60)}.md`,
    query: JSON.stringify(named),
  });

/** Whose cost an explanation is of; undefined for any other URI. */
export function namedSubjectOf({ scheme, query }: vscode.Uri): NamedSubject | undefined {
  if (scheme !== schemes.explanation) return undefined;
  try {
    return JSON.parse(query) as NamedSubject;
  } catch {
    return undefined;
  }
}

/** The read-only summary of a period: `trace-ledger-summary:/Week 2025-09-01 to 2025-09-07.md?<query>`. */
export function summaryUri(span: SummarySpan): vscode.Uri {
  const { period, firstDay, lastDay } = span;
  const query: SummaryQuery =
    period === 'custom' ? { period, from: firstDay, to: lastDay } : { period, of: firstDay };
  return vscode.Uri.from({
    scheme: schemes.summary,
    path: `/${summaryTitle(span)}.md`,
    query: JSON.stringify(query),
  });
}

/** Of which period a summary is; undefined for any other URI. */
export function summaryQueryOf(uri: vscode.Uri | undefined): SummaryQuery | undefined {
  if (uri?.scheme !== schemes.summary) return undefined;
  try {
    return JSON.parse(uri.query) as SummaryQuery;
  } catch {
    return undefined;
  }
}

function uri(scheme: string, folder: string, key: string, ending: string): vscode.Uri {
  // The colon of a key may stand in a path, and people see the path above the editor.
  const encoded = encodeURIComponent(key).replaceAll('%3A', ':');
  return vscode.Uri.from({ scheme, path: `/${folder}/${encoded}/${readableName(key)}${ending}` });
}

/** The key of the session that a note or session URI is about; undefined for any other URI. */
export const sessionKeyOf = (from: vscode.Uri): string | undefined =>
  keyIn(from, schemes.note, 'notes') ?? keyIn(from, schemes.session, 'sessions');

function keyIn({ scheme, path }: vscode.Uri, ofScheme: string, ofFolder: string): string | undefined {
  const [, folder, key, name] = path.split('/');
  if (scheme !== ofScheme || folder !== ofFolder || !key || name === undefined) return undefined;
  try {
    return decodeURIComponent(key);
  } catch {
    return undefined;
  }
}

/** For the tab title only; made from the key alone, so that a session has one URI. */
function readableName(key: string): string {
  const id = key.slice(key.indexOf(':') + 1);
  return (
    id
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[-.]+|-+$/g, '')
      .slice(0, 60) || 'session'
  );
}
