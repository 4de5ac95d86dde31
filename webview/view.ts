import type { Money } from '../src/shared/money';
import type { PanelAnswer, PanelApi } from '../src/shared/protocol';
import type { PanelState } from './state';

/** What a view may do: change the state (which asks again and redraws), or ask the host for something. */
export interface Actions {
  readonly change: (next: (state: PanelState) => PanelState) => void;
  /** Errors of the host are shown in place. */
  readonly run: (what: (host: PanelApi) => Promise<void>) => void;
}

/** Draws one whole answer, amounts in its currency; called again for each new one and for each change of state. */
export interface View {
  update(answer: PanelAnswer, state: PanelState, money: Money): void;
  destroy(): void;
}

export type Mount = (root: HTMLElement, actions: Actions) => View;
