import assert from 'node:assert/strict';
import { errorKind } from '../../../src/store/errorKind';

describe('the class of an error', () => {
  it('is the same for all the words that formats have for it', () => {
    for (const [kind, words] of Object.entries({
      'rate limit': ['429', 'RateLimitError', 'rate_limit_exceeded', '429 Too Many Requests', 'Throttled'],
      quota: ['insufficient_quota', 'billing_not_active', '402'],
      overloaded: ['529', 'overloaded_error', 'Service Unavailable'],
      timeout: ['Timeout', 'APITimeoutError', 'deadline_exceeded', '504'],
      cancelled: ['Canceled', 'AbortError', 'interrupted'],
      'context length': ['context_length_exceeded', 'prompt is too long', 'ContextWindowExceededError'],
      'content filter': ['content_filter', 'ContentPolicyViolationError', 'SAFETY'],
      authentication: [
        'AuthenticationError',
        '401',
        'invalid_api_key',
        'Unauthorized',
        'invalid credentials: 403',
      ],
      'not found': ['NotFoundError', '404'],
      connection: ['APIConnectionError', 'connection refused', 'ECONNRESET'],
      'invalid request': ['BadRequestError', 'invalid_request_error', '422'],
      'server error': ['InternalServerError', '500', 'Bad Gateway'],
      other: ['error', 'the author said no', 'ValueError'],
      'not told': [undefined, ''],
    }))
      for (const word of words) assert.equal(errorKind(word), kind, word);
  });
});
