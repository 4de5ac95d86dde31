import { instant, label, object, provider, text } from '../json';
import type { Json } from '../json';
import type { SessionFact } from '../../shared/facts';
import type { Millis } from '../../shared/model';

/** What a `session_meta` line says of a session and where it comes from. */
export interface Meta {
  readonly id: string;
  /** Sessions whose history it may begin with, the nearest first. */
  readonly parents: readonly string[];
  /** The session that started it as its sub-agent. */
  readonly startedBy?: string | undefined;
  /** What kind of sub-agent it is, or what it is called. */
  readonly agent?: string | undefined;
  readonly at?: Millis | undefined;
  readonly provider?: string | undefined;
  /** It was run by `codex exec`, whose own output tells its sums. */
  readonly isExec: boolean;
  readonly fact: SessionFact;
}

export function metaIn(payload: Json, lineAt: Millis | undefined): Meta | undefined {
  const id = label(payload.id) ?? label(payload.session_id);
  if (id === undefined) return undefined;
  const at = instant(payload.timestamp) ?? lineAt;
  return {
    id,
    ...relativesOf(id, payload),
    at,
    provider: provider(payload.model_provider),
    isExec: payload.source === 'exec' || payload.originator === 'codex_exec',
    fact: factOf(id, payload, at),
  };
}

function relativesOf(id: string, payload: Json): Pick<Meta, 'parents' | 'startedBy' | 'agent'> {
  const source = object(payload.source)?.subagent;
  const spawn = object(object(source)?.thread_spawn);
  const starter = label(spawn?.parent_thread_id) ?? label(payload.parent_thread_id);
  const named = [label(payload.forked_from_id), starter].filter((parent) => parent !== undefined);
  const isSubAgent = source !== undefined || payload.thread_source === 'subagent';
  return {
    parents: [...new Set(named)].filter((parent) => parent !== id),
    startedBy: isSubAgent && starter !== id ? starter : undefined,
    agent: name(spawn?.agent_role) ?? name(spawn?.agent_nickname) ?? name(source),
  };
}

function factOf(id: string, payload: Json, at: Millis | undefined): SessionFact {
  const [project, branch] = [text(payload.cwd), text(object(payload.git)?.branch)];
  return {
    id,
    ...(at === undefined ? {} : { createdAt: at }),
    ...(project === undefined ? {} : { project }),
    ...(branch === undefined ? {} : { branch: { name: branch, at: at ?? 0 } }),
  };
}

/** A word, not a sentence: that might repeat what somebody said. */
const name = (value: unknown): string | undefined => {
  const found = text(value);
  return found !== undefined && /^[\w.-]{1,60}$/.test(found) ? found : undefined;
};

/** When a turn began, which its id (UUID, version 7) says even where its line was copied and stamped anew. */
export function turnBegan(payload: Json): Millis | undefined {
  const id = text(payload.turn_id);
  const parts = id === undefined ? null : /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-/i.exec(id);
  return parts ? parseInt(`${parts[1]}${parts[2]}`, 16) : undefined;
}
