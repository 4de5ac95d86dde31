import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { register } from '../contributions';
import { measured } from '../measure';
import { userActed } from '../userActed';
import { panelApi } from './panelApi';
import { panelHtml } from './panelHtml';
import { serve } from '../../shared/rpc';
import type { Disposable } from '../../shared/emitter';
import type { PanelEvents, PanelQuery } from '../../shared/protocol';
import type { Wire } from '../../shared/rpc';
import type { Services } from '../services';

export const costPanelType = 'traceLedger.costPanel';

type PanelFilter = PanelQuery['filter'];

/** One panel at most; asking again brings it to the front, with another filter if one is named. */
export function registerCostPanel(services: Services): Disposable {
  let panel: vscode.WebviewPanel | undefined;
  let requested: PanelFilter | undefined;
  const takeFilter = () => {
    const filter = requested;
    requested = undefined;
    return filter;
  };
  const adopt = (adopted: vscode.WebviewPanel) => {
    panel?.dispose();
    panel = adopted;
    panel.onDidDispose(() => {
      if (panel === adopted) panel = undefined;
    });
    furnish(adopted, services, takeFilter);
  };
  const open = (filter?: PanelFilter) => {
    requested = filter;
    if (!panel) return adopt(createPanel(services));
    panel.reveal();
    if (filter) emitTo(panel, 'filterRequested', {});
  };
  return vscode.Disposable.from(
    register('traceLedger.openCostPanel', open),
    vscode.window.registerWebviewPanelSerializer(costPanelType, {
      deserializeWebviewPanel: async (restored) => adopt(restored),
    }),
    new vscode.Disposable(() => void panel?.dispose()),
  );
}

const createPanel = (services: Services): vscode.WebviewPanel =>
  vscode.window.createWebviewPanel(costPanelType, 'Costs', vscode.ViewColumn.Active, optionsOf(services));

const distOf = ({ extensionUri }: Services) => vscode.Uri.joinPath(extensionUri, 'dist');

const optionsOf = (services: Services): vscode.WebviewPanelOptions & vscode.WebviewOptions => ({
  enableScripts: true,
  enableFindWidget: true,
  localResourceRoots: [distOf(services)],
});

const post = ({ webview }: vscode.WebviewPanel, message: Wire): void => void webview.postMessage(message);

const emitTo = <K extends keyof PanelEvents>(panel: vscode.WebviewPanel, name: K, payload: PanelEvents[K]) =>
  post(panel, { kind: 'event', name, payload });

/** Gives a new or restored panel its page and its end of the wire, for as long as it lives. */
function furnish(
  panel: vscode.WebviewPanel,
  services: Services,
  takeFilter: () => PanelFilter | undefined,
): void {
  const { webview } = panel;
  const answer = serve(panelApi(services, takeFilter), (message) => post(panel, message));
  const lifetime = vscode.Disposable.from(
    webview.onDidReceiveMessage(
      measured('costPanel', (message: Wire) => {
        userActed.fire();
        return answer(message);
      }),
    ),
    services.onDidChange((revision) => emitTo(panel, 'changed', { revision })),
  );
  panel.onDidDispose(() => void lifetime.dispose());
  webview.options = optionsOf(services);
  webview.html = pageOf(webview, services);
}

function pageOf(webview: vscode.Webview, services: Services): string {
  const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(distOf(services), name)).toString();
  return panelHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    script: uri('webview.js'),
    style: uri('webview.css'),
    language: vscode.env.language,
  });
}
