import * as vscode from 'vscode';
import { schemes } from '../contributions';
import { measured } from '../measure';
import { throttled } from '../throttled';
import { modelNameOf, sessionKeyOf } from '../uris';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** A note as far as a file of it shows: its text, and when that was saved. */
interface Words {
  readonly text: string;
  readonly at: number;
}

/** What a file is the note on. */
interface Noted {
  note(): Promise<Words | undefined>;
  /** Resolves to the note in force afterwards. */
  save(text: string): Promise<Words | undefined>;
  /** Whether there is anything that a note could be on. */
  exists(): Promise<boolean>;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const { FileSystemError, FileType } = vscode;

/**
 * Notes on sessions and on prices as files: opening one reads the note, saving one saves it, an empty one is no note. A
 * session or model without a note has an empty file. The time of the file is that of the note, so that VS Code itself notices when the note was
 * changed elsewhere, reloads a clean document and asks before it overwrites with a dirty one.
 */
class NoteFileSystem implements vscode.FileSystemProvider, Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  /** Time of the note that VS Code last saw, by URI. */
  private readonly seen = new Map<string, number>();

  constructor(private readonly services: Services) {}

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (isFolder(uri)) return { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    const note = await this.noteOf(uri);
    const mtime = this.see(uri, note);
    return { type: FileType.File, ctime: 0, mtime, size: bytesOf(note).length };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const note = await this.noteOf(uri);
    this.see(uri, note);
    return bytesOf(note);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    this.see(uri, await this.notedBy(uri).save(decoder.decode(content)));
  }

  async delete(uri: vscode.Uri): Promise<void> {
    await this.notedBy(uri).save('');
    this.seen.delete(uri.toString());
    this.changed.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  /** Tells VS Code of notes in open documents that were changed elsewhere. */
  async lookAgain(): Promise<void> {
    const open = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === schemes.note);
    for (const { uri } of open) {
      const note = await notedBy(this.services, uri)?.note();
      // Looked up after the answer: a save of our own may have ended in the meantime, and is no news.
      const before = this.seen.get(uri.toString());
      if (before === undefined || (note?.at ?? 0) === before) continue;
      this.see(uri, note);
      this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    }
  }

  dispose(): void {
    this.changed.dispose();
  }

  private see(uri: vscode.Uri, note: Words | undefined): number {
    const at = note?.at ?? 0;
    this.seen.set(uri.toString(), at);
    return at;
  }

  private async noteOf(uri: vscode.Uri): Promise<Words | undefined> {
    const noted = this.notedBy(uri);
    const note = await noted.note();
    if (!note && !(await noted.exists())) throw FileSystemError.FileNotFound(uri);
    return note;
  }

  private notedBy(uri: vscode.Uri): Noted {
    const noted = notedBy(this.services, uri);
    if (!noted) throw FileSystemError.FileNotFound(uri);
    return noted;
  }
}

function notedBy({ ledger, question }: Services, uri: vscode.Uri): Noted | undefined {
  const key = sessionKeyOf(uri);
  if (key !== undefined)
    return {
      note: () => ledger.note(key),
      save: (text) => ledger.saveNote(key, text),
      exists: async () => (await ledger.session(key, question().mode)) !== undefined,
    };
  const model = modelNameOf(uri);
  return (
    model && {
      note: () => ledger.priceNote(model),
      save: (text) => ledger.savePriceNote(model, text),
      // Its calls may come back, and what was written stays.
      exists: () => Promise.resolve(true),
    }
  );
}

const bytesOf = (note: Words | undefined): Uint8Array => encoder.encode(note?.text ?? '');

const isFolder = ({ path }: vscode.Uri): boolean => path.split('/').filter(Boolean).length < 3;

export function registerNoteFileSystem(services: Services): Disposable {
  const files = new NoteFileSystem(services);
  const lookAgain = throttled(
    measured(
      'look at open notes',
      () => void files.lookAgain().catch((error: unknown) => services.report(error)),
    ),
  );
  return vscode.Disposable.from(
    files,
    lookAgain,
    services.onDidChange(lookAgain),
    vscode.workspace.registerFileSystemProvider(schemes.note, files, { isCaseSensitive: true }),
  );
}
