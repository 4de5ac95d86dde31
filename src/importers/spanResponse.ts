/**
 * What stands for the provider's id of a response that a span does not tell: its own ids, which are the same wherever
 * OpenTelemetry sends it.
 */
export const spanResponse = (trace: string, span: string): string => `span ${trace}/${span}`.slice(0, 200);
