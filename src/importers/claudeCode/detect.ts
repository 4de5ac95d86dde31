import { object, parseJson, text } from '../json';
import type { Json } from '../json';

/** Lines of a conversation; others write such lines, too, but not with these keys. */
const spoken = new Set(['user', 'assistant', 'system', 'progress', 'attachment']);
/** Lines that stand before or between them, and a key that each has. */
const beside: Readonly<Record<string, string>> = {
  summary: 'leafUuid',
  'file-history-snapshot': 'snapshot',
  'queue-operation': 'operation',
  'permission-mode': 'permissionMode',
  'last-prompt': 'lastPrompt',
  'custom-title': 'customTitle',
  'ai-title': 'aiTitle',
  'agent-name': 'agentName',
  'agent-setting': 'agentSetting',
};

/** Whether the beginning of a file is that of a transcript. */
export function isTranscript(head: string): boolean {
  if (!/^\s*\{/.test(head)) return false;
  const lines = head.split('\n').filter((line) => line.trim() !== '');
  const last = lines.at(-1) ?? '';
  // Of a document over many lines hardly one is tried: each that is no JSON costs an exception.
  return lines.some((line) => /^\s*\{/.test(line) && tells(object(parseJson(line)))) || isCutLine(last);
}

function tells(line: Json | undefined): boolean {
  if (!line) return false;
  const type = text(line.type);
  if (type !== undefined && beside[type] !== undefined) return beside[type] in line;
  if (type !== undefined && !spoken.has(type)) return false;
  return isSpoken(line) || hasUsage(line);
}

const isSpoken = (line: Json): boolean =>
  text(line.type) !== undefined &&
  'sessionId' in line &&
  !('usageMetadata' in line) &&
  ('isSidechain' in line || 'userType' in line) &&
  ('uuid' in line || 'parentUuid' in line);

/** What other writers keep of it: a time and the usage of a response, as Anthropic's API gives it. */
function hasUsage(line: Json): boolean {
  const usage = object(object(line.message)?.usage);
  return usage !== undefined && 'timestamp' in line && 'input_tokens' in usage && 'output_tokens' in usage;
}

/** A line that is longer than what is looked at. */
const isCutLine = (line: string): boolean =>
  /^\s*\{\s*"type"\s*:\s*"(?:summary|file-history-snapshot|queue-operation)"/.test(line) ||
  (/^\s*\{/.test(line) &&
    /"(?:isSidechain|userType)"\s*:/.test(line) &&
    /"(?:parentUuid|sessionId)"\s*:/.test(line) &&
    !/"(?:usageMetadata|payload)"\s*:/.test(line));
