import * as vscode from 'vscode';
import { register, schemes } from '../contributions';
import { reported } from '../report';
import { counted, oneLine } from '../tree/rowText';
import { formatCount } from '../../shared/format';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { ImportSummary } from '../../shared/model';

type PassedOver = ImportSummary['passedOver'];

/** Where the list of the last import that was asked for is read. */
const uri = vscode.Uri.from({ scheme: schemes.passedOver, path: '/Files passed over.txt' });

/** "Show Files Passed Over": a read-only list of the files of a folder that an import left alone, each with the reason. */
export function registerShowPassedOver({ report }: Services): Disposable {
  let shown: PassedOver | undefined;
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const show = async (passedOver?: PassedOver) => {
    if (passedOver) shown = passedOver;
    changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(schemes.passedOver, {
      onDidChange: changed.event,
      provideTextDocumentContent: () => (shown ? passedOverText(shown) : gone),
    }),
    register('traceLedger.showPassedOver', reported(report, show)),
  );
}

/** After a reload of the window. */
const gone = 'This list is not kept. Import the folder again to see which of its files are passed over.\n';

/** Plain text, so that names of files need no escape but their line breaks. */
function passedOverText({ count, files }: PassedOver): string {
  const told = files.map(({ path, reason }) => `${oneLine(path, 4096)}\n    ${oneLine(reason, 1000)}\n`);
  const more = count - files.length;
  if (more > 0) told.push(`and ${counted(more, formatCount(more), 'file')} more.\n`);
  const are = count === 1 ? 'was' : 'were';
  const title = `${counted(count, formatCount(count), 'file')} ${are} passed over: nothing in ${count === 1 ? 'it' : 'them'} can be imported.`;
  return `${title}\n\n${told.join('\n')}`;
}
