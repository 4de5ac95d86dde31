/** An error that the user can do something about: one sentence with its remedy. Everything else is a bug. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The user stopped it. Silent. */
export class CancellationError extends Error {
  override readonly name = 'CancellationError';
  constructor() {
    super('cancelled');
  }
}

/** The message of anything thrown; sql.js throws strings now and then. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
