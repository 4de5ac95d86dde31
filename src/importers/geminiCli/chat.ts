import { messageOf } from './message';
import { instant, label, list, object, parseJson, text } from '../json';
import type { Json } from '../json';
import type { FactBatch, LineReader } from '../lineReader';
import type { Millis } from '../../shared/model';

/** All that the next line depends on; plain JSON. */
export interface ChatState {
  readonly session: string;
  /** Whether the chat says so itself; else it is known by how the file begins. */
  readonly isNamed: boolean;
  readonly project?: string | undefined;
  readonly startedAt?: Millis | undefined;
  readonly lastAt?: Millis | undefined;
}

/** Where a file lies, as far as that says more of its session. */
export interface Place {
  /** Session id of the parent, whose folder it lies in: it is a sub-agent's. */
  readonly parent?: string | undefined;
  /** Folder of the project, from the file beside the chats. */
  readonly project?: string | undefined;
}

/** Reads a chat: lines of the present format, or the parts of a document of the older one. */
export class Chat implements LineReader {
  constructor(
    readonly facts: FactBatch,
    private readonly place: Place,
    public state: ChatState,
  ) {}

  add(line: string, place: string): boolean {
    const value = parseJson(line);
    if (value === undefined) return false;
    const record = object(value);
    const set = object(record?.$set);
    if (!record) return true;
    if (set) this.addSettings(this.state.isNamed ? { ...set, sessionId: undefined } : set, place);
    else if (record.type === undefined && label(record.sessionId) !== undefined)
      this.addSettings(record, place);
    // Of a `$rewindTo` only the conversation goes back: what was answered was paid for.
    else this.addMessage(record, place);
    return true;
  }

  /** What stands before the messages of a document, or in a line of its own. */
  addSettings(settings: Json, place: string): void {
    const { startedAt, lastAt, project } = this.state;
    const folders = list(settings.directories).map(text);
    const named = label(settings.sessionId);
    this.state = {
      session: named ?? this.state.session,
      isNamed: this.state.isNamed || named !== undefined,
      startedAt: instant(settings.startTime) ?? startedAt,
      lastAt: instant(settings.lastUpdated) ?? lastAt,
      project: this.place.project ?? project ?? folders.find((folder) => folder !== undefined),
    };
    this.tell();
    for (const message of list(settings.messages)) this.addMessage(object(message) ?? {}, place);
    const { session } = this.state;
    const { parent } = this.place;
    if (parent !== undefined && parent !== session && settings.kind === 'subagent')
      this.facts.merge({ from: session, into: parent, agent: {} });
  }

  addMessage(message: Json, place: string): void {
    const read = messageOf(message, this.state.session);
    if (!read) return;
    this.facts.unreadable(place, read.unreadable);
    this.facts.sessionOf(this.state.session);
    this.facts.call(read.call);
  }

  private tell(): void {
    const { session, startedAt, lastAt, project } = this.state;
    const open = startedAt !== undefined && lastAt !== undefined ? lastAt - startedAt : -1;
    this.facts.session({
      id: session,
      ...(startedAt === undefined ? {} : { createdAt: startedAt }),
      ...(open < 0 ? {} : { durationMs: open }),
      ...(project === undefined ? {} : { project }),
    });
  }
}
