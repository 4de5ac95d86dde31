import * as vscode from 'vscode';
import { schemes } from '../contributions';
import { inTurn } from '../inTurn';
import { openPreview } from '../markdownPage';
import { oneLine } from '../tree/rowText';
import { escapeMarkdown } from '../../shared/format';
import { priceDifferenceText, proposalText } from '../../shared/priceDifferenceText';
import type { PriceDifference } from '../../shared/repricing';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** Two documents: what other prices would change, and what another cost mode would. */
const uris = {
  prices: vscode.Uri.from({ scheme: schemes.priceChanges, path: '/Price changes.md' }),
  mode: vscode.Uri.from({ scheme: schemes.modeChanges, path: '/Cost mode changes.md' }),
} as const;

export interface PriceChangesDocument extends Disposable {
  showPrices(): Promise<void>;
  showMode(title: string, difference: PriceDifference): Promise<void>;
  /** What was proposed has changed. */
  renew(): void;
}

/** Read-only documents on what a change of prices or of the cost mode does to known calls, before it is made. */
export function registerPriceChangesDocument({ ledger, question, money }: Services): PriceChangesDocument {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  let modeText = '';
  const textOf = (difference: PriceDifference, title: string, lead: string): string =>
    priceDifferenceText(difference, {
      ...{ title, lead, zone: question().zone, money: money() },
      escape: (text) => escapeMarkdown(oneLine(text, 200)),
    });
  const proposed = async (): Promise<string> => {
    const proposal = await ledger.proposedPrices();
    if (!proposal)
      return '# Price changes\n\nNo prices wait for your word. *Trace Ledger: Review Price Changes...* compares what known calls cost with the prices of today.\n';
    const { why, difference } = proposal;
    const lead = `${proposalText(why, difference, money())}\n\nNothing has changed yet. The buttons above this editor, or *Apply Prices* and *Apply Prices to New Calls Only* in the command palette, put them in force; a repricing can be taken back by *Undo Last Repricing*.`;
    return textOf(difference, 'Price changes', lead);
  };
  const provider = (content: () => string | Promise<string>): vscode.TextDocumentContentProvider => ({
    onDidChange: changed.event,
    provideTextDocumentContent: content,
  });
  const register = (scheme: string, content: () => string | Promise<string>): vscode.Disposable =>
    vscode.workspace.registerTextDocumentContentProvider(scheme, provider(content));
  const lifetime = vscode.Disposable.from(
    changed,
    register(schemes.priceChanges, proposed),
    register(schemes.modeChanges, () => modeText),
  );
  return {
    showPrices: () => open(uris.prices, changed),
    async showMode(title, difference) {
      modeText = textOf(difference, title, 'Nothing has changed yet.');
      await open(uris.mode, changed);
    },
    renew: () => changed.fire(uris.prices),
    dispose: () => void lifetime.dispose(),
  };
}

const open = (uri: vscode.Uri, changed: vscode.EventEmitter<vscode.Uri>): Promise<void> =>
  inTurn(async () => {
    changed.fire(uri);
    await openPreview(uri);
  });
