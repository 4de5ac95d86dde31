import { writeFileSync } from 'node:fs';
import { temporaryFolder } from './synthDb';

const folder = temporaryFolder();
process.once('exit', () => folder.remove());
let files = 0;

/** A log with this text. */
export const writeLog = (text: string): string => {
  const path = folder.file(`${++files}.log`);
  writeFileSync(path, text);
  return path;
};
/** A log of these records, one a line: values, or text as it is. */
export const logOf = (...records: readonly unknown[]): string =>
  writeLog(
    records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n'),
  );

/** A response to so many tokens with so many. */
export const response = (id: string | undefined, prompt: number, output: number, more: object = {}) => ({
  modelVersion: 'gemini-2.5-flash',
  ...(id === undefined ? {} : { responseId: id }),
  usageMetadata: { promptTokenCount: prompt, candidatesTokenCount: output },
  ...more,
});
