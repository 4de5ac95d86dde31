let last: Promise<unknown> = Promise.resolve();

/**
 * Opens one editor after the other. VS Code gives up an editor that another one overtakes while it opens, so that a
 * click on a session and a quick F2 would end in an error and no note.
 */
export function inTurn<T>(open: () => PromiseLike<T>): Promise<T> {
  const turn = last.then(open);
  last = turn.catch(() => undefined);
  return turn;
}
