import type { ExportFormat } from '../shared/protocol';

/** What one exported row holds, by column; amounts are numbers in USD. */
export type ExportRecord = Readonly<Record<string, string | number | boolean | null>>;

/** One file format. Pure, and written in chunks, so that an export of any size streams: `open`, `chunk`..., `close`. */
export interface Exporter {
  readonly id: ExportFormat;
  readonly label: string;
  /** Without the dot. */
  readonly extension: string;
  open(columns: readonly string[]): string;
  /** `first`: no rows came before these. */
  chunk(rows: readonly ExportRecord[], first: boolean): string;
  close(): string;
}
