import { Client } from '../src/shared/rpc';
import type { PanelApi, PanelEvents } from '../src/shared/protocol';
import type { Wire } from '../src/shared/rpc';

declare function acquireVsCodeApi(): {
  postMessage(message: Wire): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** What VS Code gives a webview: a way to post, and a state that survives being hidden and reloaded. */
export const vscode = acquireVsCodeApi();

export const client = new Client<PanelApi, PanelEvents>((message) => vscode.postMessage(message));

/** The extension host, as far as the panel may ask it. */
export const host = client.remote;

window.addEventListener('message', ({ data }: MessageEvent<Wire>) => client.receive(data));
