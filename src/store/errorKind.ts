/** What went wrong with a failed call, of all formats alike. */
const kinds: readonly (readonly [kind: string, words: RegExp])[] = [
  ['rate limit', /rate.?limit|too.?many.?requests|throttl|\b429\b/i],
  ['quota', /quota|billing|insufficient.?(funds|balance)|\bcredits?\b|payment|\b402\b/i],
  ['overloaded', /overload|unavailable|capacity|\b(503|529)\b/i],
  ['timeout', /time.?out|timed.?out|deadline|\b(408|504|524)\b/i],
  ['cancelled', /cancel|abort|interrupt|\b499\b/i],
  ['context length', /context.?(length|window)|too.?long|max.?tokens|token.?limit|\b413\b/i],
  ['content filter', /content.?(filter|policy)|safety|moderation|blocked|refusal/i],
  ['authentication', /auth(enti|ori[sz])|api.?key|permission|forbidden|denied|\b(401|403)\b/i],
  ['not found', /not.?found|\b404\b/i],
  ['connection', /connect|network|socket|ECONN|ENOTFOUND|EPIPE|fetch.?failed/i],
  ['invalid request', /invalid|bad.?request|validation|unprocessable|malformed|\b(400|422)\b/i],
  ['server error', /internal|server|bad.?gateway|\b(500|502)\b/i],
];

/** The class of an error by its name, code or message; one of a dozen, however many words formats have for it. */
export function errorKind(error: string | undefined): string {
  if (error === undefined || error === '') return 'not told';
  return kinds.find(([, words]) => words.test(error))?.[0] ?? 'other';
}
