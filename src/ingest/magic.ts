interface Magic {
  readonly kind: string;
  readonly at?: number;
  /** In hexadecimal. */
  readonly bytes: string;
}

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

/** What people keep beside traces. */
const magics: readonly Magic[] = [
  { kind: 'a PNG image', bytes: '89504e470d0a1a0a' },
  { kind: 'a JPEG image', bytes: 'ffd8ff' },
  { kind: 'a GIF image', bytes: hex('GIF8') },
  { kind: 'a WebP image', at: 8, bytes: hex('WEBP') },
  { kind: 'a WAV recording', at: 8, bytes: hex('WAVE') },
  { kind: 'an MP3 recording', bytes: hex('ID3') },
  { kind: 'an Ogg recording', bytes: hex('OggS') },
  { kind: 'a FLAC recording', bytes: hex('fLaC') },
  { kind: 'a video or recording (MPEG-4)', at: 4, bytes: hex('ftyp') },
  { kind: 'a video (Matroska)', bytes: '1a45dfa3' },
  { kind: 'a PDF document', bytes: hex('%PDF-') },
  { kind: 'a ZIP archive or a document in one: unpack it', bytes: '504b0304' },
  { kind: 'compressed (gzip): unpack it', bytes: '1f8b' },
  { kind: 'compressed (bzip2): unpack it', bytes: hex('BZh') },
  { kind: 'compressed (xz): unpack it', bytes: 'fd377a585a00' },
  { kind: 'compressed (Zstandard): unpack it', bytes: '28b52ffd' },
  { kind: 'a 7-Zip archive: unpack it', bytes: '377abcaf271c' },
  { kind: 'a tar archive: unpack it', at: 257, bytes: hex('ustar') },
  { kind: 'a DuckDB file, which is not read: export its tables', at: 8, bytes: hex('DUCK') },
  { kind: 'a Parquet table, which is not read: export it as CSV or JSON', bytes: hex('PAR1') },
  { kind: 'an Arrow table, which is not read: export it as CSV or JSON', bytes: hex('ARROW1') },
  { kind: 'a program (ELF)', bytes: '7f454c46' },
  { kind: 'a program (Mach-O)', bytes: 'cffaedfe' },
  { kind: 'a program (Mach-O or Java)', bytes: 'cafebabe' },
  { kind: 'a program (WebAssembly)', bytes: '0061736d' },
  { kind: 'a font', bytes: hex('wOF') },
  { kind: 'a font', bytes: '00010000' },
  { kind: 'a journal of a SQLite database', bytes: 'd9d505f920a163d7' },
  { kind: 'a write-ahead log of a SQLite database', bytes: '377f06' },
];

/** The kind of a file that is not text, as the end of "It is …"; undefined if its first bytes do not tell. */
export const kindOfBytes = (head: Buffer): string | undefined =>
  magics.find(({ at = 0, bytes }) =>
    head.toString('hex', at, at + Math.ceil(bytes.length / 2)).startsWith(bytes),
  )?.kind;
