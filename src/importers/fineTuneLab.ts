import { Facts } from './fineTuneLab/facts';
import { layoutOf } from './fineTuneLab/layout';
import { rowsOf } from './fineTuneLab/rows';
import type { Importer } from './importer';

/**
 * FineTuneLab: its tables `llm_traces`, `conversations` and `llm_models` as JSON, newline JSON, CSV or SQLite, saved
 * answers of `/api/analytics/traces` and `/list`, and the unified trace export. A call is a span of an LLM operation.
 * Costs are USD of six decimals, some at a made-up price: never exact. Docs: docs/sources/finetunelab.md.
 */
export const fineTuneLab: Importer = {
  id: 'finetunelab',
  label: 'FineTuneLab traces',

  detect: (file) => layoutOf(file) !== undefined,

  skips: (file) => layoutOf(file)?.skipped,

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io) {
    const layout = layoutOf(file);
    if (!layout) return;
    const facts = new Facts(file.path);
    for await (const row of rowsOf(file, io, layout)) {
      if ('problem' in row) facts.problem(row.place, row.problem);
      else facts.add(row.value, row.place);
      if (facts.full) yield facts.take();
    }
    yield { ...facts.take(), share: 1 };
  },
};
