import * as vscode from 'vscode';
import { schemes } from '../contributions';
import { measured } from '../measure';
import { throttled } from '../throttled';
import { sessionKeyOf } from '../uris';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { Note } from '../../shared/model';

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const { FileSystemError, FileType } = vscode;

/**
 * The notes as files: opening one reads the note, saving one saves it, an empty one is no note. A session without a
 * note has an empty file. The time of the file is that of the note, so that VS Code itself notices when the note was
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
    const key = keyOf(uri);
    const note = await this.services.ledger.saveNote(key, decoder.decode(content));
    this.see(uri, note);
  }

  async delete(uri: vscode.Uri): Promise<void> {
    await this.services.ledger.saveNote(keyOf(uri), '');
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
      const key = sessionKeyOf(uri);
      if (key === undefined) continue;
      const note = await this.services.ledger.note(key);
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

  private see(uri: vscode.Uri, note: Note | undefined): number {
    const at = note?.at ?? 0;
    this.seen.set(uri.toString(), at);
    return at;
  }

  private async noteOf(uri: vscode.Uri): Promise<Note | undefined> {
    const key = keyOf(uri);
    const { ledger, question } = this.services;
    const note = await ledger.note(key);
    if (!note && !(await ledger.session(key, question().mode))) throw FileSystemError.FileNotFound(uri);
    return note;
  }
}

const bytesOf = (note: Note | undefined): Uint8Array => encoder.encode(note?.text ?? '');

const isFolder = ({ path }: vscode.Uri): boolean => path.split('/').filter(Boolean).length < 3;

function keyOf(uri: vscode.Uri): string {
  const key = sessionKeyOf(uri);
  if (key === undefined) throw FileSystemError.FileNotFound(uri);
  return key;
}

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
