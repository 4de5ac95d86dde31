import type { Connection } from '../sqlite/connection';

/**
 * Text that stands in many rows, as a number. Remembers what it saw, so it must be told when another window may have
 * written, or a transaction was rolled back (`forget`).
 */
export class Dictionary {
  private readonly known = new Map<string, number>();
  private readonly texts = new Map<number, readonly string[]>();

  constructor(
    private readonly db: Connection,
    private readonly table: string,
    private readonly columns: readonly string[],
  ) {}

  /** Inside a write. */
  id(...values: string[]): number {
    // With their lengths: no two lists of texts look alike.
    const key = values.length === 1 ? values[0]! : values.map((text) => `${text.length} ${text}`).join('');
    let id = this.known.get(key);
    if (id === undefined) this.known.set(key, (id = this.find(values) ?? this.insert(values)));
    return id;
  }

  /** The reverse of `id`. */
  textOf(id: number): readonly string[] {
    let text = this.texts.get(id);
    if (text === undefined) this.texts.set(id, (text = this.read(id)));
    return text;
  }

  forget(): void {
    this.known.clear();
    this.texts.clear();
  }

  private read(id: number): readonly string[] {
    const [row] = this.db.rows(`SELECT ${this.columns.join(', ')} FROM ${this.table} WHERE id = ?`, [id]);
    return row as string[];
  }

  private find(values: readonly string[]): number | undefined {
    const where = this.columns.map((name) => `${name} = ?`).join(' AND ');
    return this.db.rows(`SELECT id FROM ${this.table} WHERE ${where}`, values)[0]?.[0] as number | undefined;
  }

  private insert(values: readonly string[]): number {
    const marks = values.map(() => '?').join(', ');
    this.db.run(`INSERT INTO ${this.table} (${this.columns.join(', ')}) VALUES (${marks})`, values);
    return this.find(values)!;
  }
}
