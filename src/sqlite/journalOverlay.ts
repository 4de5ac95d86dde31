import { existsSync, fstatSync } from 'node:fs';
import type { Overlay } from './overlay';
import { isPageSize } from './overlay';
import { readFully } from './sharedFile';

export const journalHeaderSize = 28;
const magic = Buffer.from('d9d505f920a163d7', 'hex');
const countFromSize = 0xffffffff;

export const isJournalHeader = (header: Buffer): boolean =>
  header.length >= journalHeaderSize && header.subarray(0, 8).equals(magic);

/**
 * The pages as they were before the transaction that a rollback journal belongs to, be it of a writer at work or left by
 * a crash (https://sqlite.org/fileformat2.html#the_rollback_journal). Undefined when there is nothing to lay over.
 */
export function journalOverlay(fd: number): Overlay | undefined {
  const size = fstatSync(fd).size;
  const first = readHeader(fd, 0);
  if (!first || !isPageSize(first.pageSize) || first.sectorSize < 32 || isCommitted(fd, size))
    return undefined;
  const pages = new Map<number, number>();
  let section: Section | undefined = first;
  let at = 0;
  while (section) {
    const end = readSection(fd, at + first.sectorSize, section, first, size, pages);
    if (end === undefined) break;
    at = Math.ceil(end / first.sectorSize) * first.sectorSize;
    section = readHeader(fd, at);
  }
  if (pages.size === 0) return undefined;
  return { fd, pageSize: first.pageSize, pageCount: first.pageCount, offsetOf: (page) => pages.get(page) };
}

interface Section {
  readonly records: number;
  readonly nonce: number;
  readonly pageCount: number;
  readonly sectorSize: number;
  readonly pageSize: number;
}

function readHeader(fd: number, at: number): Section | undefined {
  const header = Buffer.alloc(journalHeaderSize);
  if (readFully(fd, header, 0, journalHeaderSize, at) < journalHeaderSize || !isJournalHeader(header))
    return undefined;
  return {
    records: header.readUInt32BE(8),
    nonce: header.readUInt32BE(12),
    pageCount: header.readUInt32BE(16),
    sectorSize: header.readUInt32BE(20),
    pageSize: header.readUInt32BE(24),
  };
}

/** Adds the records of one section; answers where it ends, or undefined where the journal does. */
function readSection(
  fd: number,
  from: number,
  { records, nonce }: Section,
  { pageSize, pageCount }: Section,
  size: number,
  pages: Map<number, number>,
): number | undefined {
  const recordSize = pageSize + 8;
  const count = records === countFromSize ? Math.floor((size - from) / recordSize) : records;
  if (count === 0) return undefined;
  const record = Buffer.alloc(recordSize);
  const lockPage = Math.floor(0x40000000 / pageSize) + 1;
  for (let i = 0; i < count; i++) {
    const at = from + i * recordSize;
    if (readFully(fd, record, 0, recordSize, at) < recordSize) return undefined;
    const page = record.readUInt32BE(0);
    if (page === 0 || page === lockPage) return undefined;
    if (record.readUInt32BE(4 + pageSize) !== checksum(record.subarray(4, 4 + pageSize), nonce))
      return undefined;
    // The first image of a page is the oldest one.
    if (page <= pageCount && !pages.has(page)) pages.set(page, at + 4);
  }
  return from + count * recordSize;
}

function checksum(page: Buffer, nonce: number): number {
  let sum = nonce;
  for (let at = page.length - 200; at > 0; at -= 200) sum = (sum + (page[at] ?? 0)) >>> 0;
  return sum;
}

/** A transaction over several databases is committed when its super-journal, named at the end, is gone. */
function isCommitted(fd: number, size: number): boolean {
  const tail = Buffer.alloc(16);
  if (size < 16 + journalHeaderSize || readFully(fd, tail, 0, 16, size - 16) < 16) return false;
  const length = tail.readUInt32BE(0);
  if (!tail.subarray(8).equals(magic) || length === 0 || length > 4096 || length > size - 16) return false;
  const name = Buffer.alloc(length);
  readFully(fd, name, 0, length, size - 16 - length);
  const sum = name.reduce((total, byte) => (total + ((byte << 24) >> 24)) >>> 0, 0);
  return sum === tail.readUInt32BE(4) && !existsSync(name.toString('utf8'));
}
