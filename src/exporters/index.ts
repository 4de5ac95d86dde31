import type { ExportFormat } from '../shared/protocol';
import { csv } from './csv';
import type { Exporter } from './exporter';
import { json } from './json';

export type { Exporter, ExportRecord } from './exporter';
export { callColumns, callRecord, dayColumns, dayRecord, sessionColumns, sessionRecord } from './records';
export type { DayRow, NotedSessionRow } from './records';

/** Every export format. To add one: write its file and add it here. */
export const exporters: readonly Exporter[] = [csv, json];

export const exporterOf = (format: ExportFormat): Exporter => {
  const found = exporters.find(({ id }) => id === format);
  if (!found) throw new Error(`no exporter for ${format}`);
  return found;
};
