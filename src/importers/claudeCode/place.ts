const uuid = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';
const subagents = new RegExp(`[\\\\/](${uuid})[\\\\/]subagents[\\\\/]`, 'i');
const main = new RegExp(`[\\\\/](${uuid})\\.jsonl$`, 'i');
const agentFile = /[\\/]agent-([\w-]+)\.jsonl$/;

/** What the place of a transcript tells, for what its lines do not say. */
export interface Place {
  /** The session whose sub-agents' folder it lies in. */
  readonly parent?: string;
  /** The session that the file is named after. */
  readonly stem?: string;
  /** The sub-agent that it belongs to. */
  readonly agent?: string;
}

export function placeOf(path: string): Place {
  const [, parent] = subagents.exec(path) ?? [];
  const [, stem] = main.exec(path) ?? [];
  const [, agent] = agentFile.exec(path) ?? [];
  return {
    ...(parent === undefined ? {} : { parent }),
    ...(stem === undefined ? {} : { stem }),
    ...(agent === undefined ? {} : { agent }),
  };
}
