import type { Clock } from './clock';
import type { Disposable } from '../../shared/emitter';

/** `often` while somebody is about, `rarely` while an alert is on that must not be missed. */
export type PollMode = 'often' | 'rarely' | 'stopped';

const perSecond = 20;
const shortest = { often: 2_000, rarely: 30_000 };

/** Looks at files or folders by turns, at so many a second at most, however many there are. */
export class PollTurns<Target> implements Disposable {
  private targets: readonly Target[] = [];
  private next = 0;
  private mode: PollMode = 'often';
  private timer: Disposable | undefined;
  private isLooking = false;
  private isClosed = false;

  /** @param look must not reject. */
  constructor(
    private readonly clock: Clock,
    private readonly look: (targets: readonly Target[]) => Promise<void>,
  ) {}

  /** How long until each has had its turn; undefined while none has. */
  get everyMs(): number | undefined {
    return this.mode === 'stopped' ? undefined : Math.max(shortest[this.mode], this.lots * 1000);
  }

  setTargets(targets: readonly Target[]): void {
    this.targets = targets;
    if (this.next >= targets.length) this.next = 0;
    this.restart();
  }

  setMode(mode: PollMode): void {
    if (mode === this.mode) return;
    this.mode = mode;
    this.restart();
  }

  dispose(): void {
    this.isClosed = true;
    this.timer?.dispose();
  }

  private get lots(): number {
    return Math.ceil(this.targets.length / perSecond);
  }

  private restart(): void {
    this.timer?.dispose();
    this.timer = undefined;
    this.schedule();
  }

  private schedule(): void {
    const { everyMs } = this;
    if (everyMs === undefined || this.targets.length === 0 || this.isClosed || this.isLooking) return;
    this.timer ??= this.clock.after(everyMs / this.lots, () => {
      this.timer = undefined;
      void this.turn();
    });
  }

  private async turn(): Promise<void> {
    const lot = this.targets.slice(this.next, this.next + perSecond);
    this.next = this.next + perSecond >= this.targets.length ? 0 : this.next + perSecond;
    this.isLooking = true;
    await this.look(lot);
    this.isLooking = false;
    this.schedule();
  }
}
