const reports: readonly (readonly [label: string, ...marks: readonly RegExp[]])[] = [
  ['OpenAI costs', /"organization\.costs\.result"/],
  ['OpenAI usage', /"organization\.usage\.[a-z_.]+result"/],
  ['OpenAI costs or usage', /"object"\s*:\s*"page"/, /"object"\s*:\s*"bucket"/],
  ['OpenAI costs', /"start_time"\s*:/, /"amount"\s*:\s*\{/],
  ['Anthropic usage', /"starting_at"\s*:/, /"uncached_input_tokens"\s*:/],
  ['Anthropic costs', /"starting_at"\s*:/, /"amount"\s*:\s*"/],
  ['Anthropic costs or usage', /"starting_at"\s*:/, /"ending_at"\s*:/, /"results"\s*:\s*\[/],
];

const tables: readonly (readonly [label: string, ...columns: readonly string[]])[] = [
  ['OpenAI costs', 'start_time', 'amount_value'],
  ['OpenAI usage', 'start_time', 'end_time', 'num_model_requests'],
  ['OpenAI usage', 'start_time', 'end_time', 'start_time_iso', 'end_time_iso'],
  ['Anthropic costs', 'usage_date_utc', 'cost_usd'],
  ['Anthropic usage', 'usage_date_utc', 'usage_output_tokens'],
];

/** Which provider's bill a file is, told by its beginning; undefined for any other file, tables of others included. */
export function billIn(head: string): string | undefined {
  const text = head.replace(/^\uFEFF/, '');
  if (/^\s*[[{]/.test(text))
    return reports.find(
      ([, ...marks]) => /"data"\s*:\s*\[/.test(text) && marks.every((mark) => mark.test(text)),
    )?.[0];
  const names = new Set(
    (/^[^\r\n]*/.exec(text)?.[0] ?? '').split(/[,;\t]/).map((name) => name.trim().replace(/^"(.*)"$/, '$1')),
  );
  return tables.find(([, ...columns]) => columns.every((name) => names.has(name)))?.[0];
}
