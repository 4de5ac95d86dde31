import * as vscode from 'vscode';
import { schemes } from './contributions';
import { summaryTitle } from '../shared/summaryText';
import type { NamedSubject } from './costs/subject';
import type { SummaryQuery, SummarySpan } from '../shared/summary';

/** The editable note of a session: `trace-ledger:/notes/<key>/<readable name>.md`. */
export const noteUri = (key: string): vscode.Uri => uri(schemes.note, 'notes', key, '.note.md');

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
export function sessionKeyOf({ scheme, path }: vscode.Uri): string | undefined {
  const [, folder, key, name] = path.split('/');
  const known =
    (scheme === schemes.note && folder === 'notes') || (scheme === schemes.session && folder === 'sessions');
  if (!known || !key || name === undefined) return undefined;
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
