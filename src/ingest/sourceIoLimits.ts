/** A longer line, record, element or text is an issue: nothing that a format writes as one is as long. */
export const maxBytes = 64 * 1024 * 1024;

/**
 * A million members or so: what is read of JSON takes far more memory than its text where values are small. A
 * container costs as much as four tokens.
 */
export const maxWeight = 4_000_000;
export const openingWeight = 4;

const [quote, backslash, comma, colon, bracket, brace] = [0x22, 0x5c, 0x2c, 0x3a, 0x5b, 0x7b];

/** Whether JSON of one line or file is too large to be parsed at once in bounded memory. */
export function isTooHeavy(json: Uint8Array): boolean {
  if (json.length > maxBytes) return true;
  if (json.length * openingWeight <= maxWeight) return false;
  let weight = 0;
  let inText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === quote) inText = !inText;
    else if (!inText) weight += weightOf(byte);
    else if (byte === backslash) at++;
  }
  return weight > maxWeight;
}

function weightOf(byte: number): number {
  if (byte === bracket || byte === brace) return openingWeight;
  return byte === comma || byte === colon ? 2 : 0;
}
