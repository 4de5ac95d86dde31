import { createHash } from 'node:crypto';

const bytes = 8;

/**
 * The first 64 bits of a SHA-256: stands for a text that need not be kept. Of a million texts any two have the same one
 * with a chance of 1 in 37 million.
 */
export const shortHash = (...parts: readonly (string | number)[]): Uint8Array =>
  createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, bytes);
