export interface Asker<Query> {
  /** Asks now, or as soon as the question under way is answered; only the newest waiting question is kept. */
  ask(query: Query): void;
}

/**
 * At most one question in flight, and the latest one wins. An answer is handed over unless another
 * *question* is waiting: asking the same one again (the store changed) never holds back an answer, so
 * a store that changes all the time still shows progress.
 */
export function createAsker<Query, Answer>(
  ask: (query: Query) => Promise<Answer>,
  onAnswer: (answer: Answer) => void,
  onError: (error: unknown) => void,
): Asker<Query> {
  let busy = false;
  let waiting: { readonly query: Query } | undefined;

  const run = async (query: Query): Promise<void> => {
    busy = true;
    const superseded = () => waiting !== undefined && waiting.query !== query;
    try {
      const answer = await ask(query);
      if (!superseded()) onAnswer(answer);
    } catch (error) {
      if (!superseded()) onError(error);
    } finally {
      busy = false;
      const next = waiting;
      waiting = undefined;
      if (next) void run(next.query);
    }
  };

  return {
    ask(query) {
      if (busy) waiting = { query };
      else void run(query);
    },
  };
}
