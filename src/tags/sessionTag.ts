/** A session tag of the form `chat_model_<6 hex>_<counter>`: which model a user's session ran on, and the how manyth. */
export interface SessionTag {
  /** First six hex digits of the model's UUID, or of a hash of user and model. */
  readonly hex: string;
  readonly counter: number;
}

/** SHA-256 of UTF-8 text as lower-case hex digits. */
export type Sha256 = (text: string) => string;

const pattern = /^chat_model_([0-9a-f]{6})_(\d{3,15})$/;
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Three digits, more past 999. */
export const tagOf = ({ hex, counter }: SessionTag): string => `${tagPrefix(hex)}${digits(counter)}`;

export const tagPrefix = (hex: string): string => `chat_model_${hex}_`;

/** Undefined for a tag of any other form, which a source may have recorded as well. */
export function parseTag(tag: string): SessionTag | undefined {
  const [, hex, counter] = pattern.exec(tag) ?? [];
  return hex === undefined || counter === undefined ? undefined : { hex, counter: Number(counter) };
}

/**
 * The six digits that stand for a model: of its UUID where the source has one, else of user and model as recorded.
 * A session without a user has the user ''; undefined without a model.
 */
export function tagHex(
  {
    modelId,
    user,
    model,
  }: { readonly modelId: string | null; readonly user: string; readonly model: string },
  sha256: Sha256,
): string | undefined {
  const id = [modelId, model].find((text) => text !== null && uuid.test(text));
  if (id) return id.toLowerCase().replaceAll('-', '').slice(0, 6);
  return model === '' ? undefined : sha256(`${user}:${model}`).slice(0, 6);
}

/** `[gpt-4o #015]`; a tag of another form, or of a session without a model, stands for itself. */
export function tagBadge(tag: string, model: string | undefined): string {
  const parsed = parseTag(tag);
  return parsed && model ? `[${model} #${digits(parsed.counter)}]` : `[${tag}]`;
}

const digits = (counter: number): string => String(counter).padStart(3, '0');
