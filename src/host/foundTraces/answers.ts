import type * as vscode from 'vscode';
import type { FoundTraces } from '../../shared/protocol';

/** `always`: import what is new without asking. `never`: do not ask again. */
export type Answer = 'always' | 'never';

const stateKey = 'discovery.answers';

/** What the user said of each tool and workspace; kept on this machine. */
export class Answers {
  constructor(private readonly state: vscode.Memento) {}

  to({ id }: FoundTraces): Answer | undefined {
    return this.all[id];
  }

  async remember(found: readonly FoundTraces[], answer: Answer): Promise<void> {
    const given = Object.fromEntries(found.map(({ id }) => [id, answer]));
    await this.state.update(stateKey, { ...this.all, ...given });
  }

  private get all(): Readonly<Record<string, Answer>> {
    return this.state.get<Record<string, Answer>>(stateKey, {});
  }
}
