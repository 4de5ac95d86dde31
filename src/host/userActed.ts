import { Emitter } from '../shared/emitter';

/** Fires when the user does something with us: a command, a row, the panel. What sleeps wakes then. */
export const userActed = new Emitter<void>();
